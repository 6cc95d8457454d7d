import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { valueIn } from './scripted.ts';
import { CLOCK, clientsOn, never, type Server, startServer, tenantOf } from './server.ts';

const US_EAST = tenantOf('production-us-east');
const UP =
  '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"apps"},"value":[1795448131,"1"]}]}}';

let server: Server | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const serve = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  target = {},
): Promise<Server> => {
  server = await startServer(answer, target);
  return server;
};

describe('large and zipped answers', () => {
  const ask = async (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
    const here = await serve(answer);
    const result = await clientsOn(here).mimir(US_EAST).query('up', CLOCK.now(), never());
    return { result, fault: result.ok ? undefined : result.fault, here };
  };

  test('an answer without end is cut at its cap, and the connection closed', async () => {
    let written = 0;
    const { fault, here } = await ask(async (_, response) => {
      const block = Buffer.alloc(256 * 1024, 'x');
      response.on('error', () => {});
      while (!response.destroyed && written < 200 * 1024 * 1024) {
        if (response.writableNeedDrain) {
          await setTimeout(1);
          continue;
        }
        written += block.length;
        response.write(block);
      }
    });
    expect(fault).toMatchObject({ kind: 'too-large', said: 'the answer is larger than 16 MiB' });
    await here.socketClosed;
    expect(written).toBeLessThan(40 * 1024 * 1024);
  });

  test('an answer that says it is too large is not even read', async () => {
    const { fault, here } = await ask((_, response) => {
      response.writeHead(200, { 'content-length': String(17 * 1024 * 1024) });
      response.write('x');
    });
    expect(fault).toMatchObject({ kind: 'too-large' });
    await here.socketClosed;
  });

  test('a small gzip that unfolds into a large answer is cut as well', async () => {
    const { fault } = await ask((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(20 * 1024 * 1024, 'x')));
    });
    expect(fault).toMatchObject({ kind: 'too-large' });
  });

  test('gzip is unfolded', async () => {
    const { result } = await ask((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(UP));
    });
    expect(valueIn(result)).toEqual([{ labels: { job: 'apps' }, atUnix: 1_795_448_131, value: 1 }]);
  });

  test.each([
    ['gzip that is none', Buffer.from(UP), 'the answer says gzip and is not'],
    ['half a gzip', gzipSync(UP).subarray(0, 60), 'the answer broke off after'],
  ])('%s', async (_, bytes, said) => {
    const { fault } = await ask((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(bytes);
    });
    expect(fault?.kind).toBe('shape');
    expect(fault?.said).toContain(said);
  });
});
