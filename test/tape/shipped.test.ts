import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answered } from '../../src/domain/exchange.ts';
import { openTape, type Tape } from '../../src/tape/tape.ts';
import { ask } from './made-tape.ts';
import { askNow, EXEMPLARS, EXISTS, LINES, linesOf, PULSE, SEARCHES, TENANTS, traceOf } from './story-questions.ts';

const FOLDER = process.env.LGTM_TUI_RECORDINGS ?? fileURLToPath(new URL('../../../shared/recordings', import.meta.url));
const DEMO = fileURLToPath(new URL('../../demo/incident.tape', import.meta.url));
const shipped = (name: string): string => join(FOLDER, `${name}.ndjson.zst`);
const absent = !existsSync(shipped('incident'));
if (absent) console.log(`the shipped recordings are not in ${FOLDER}: the demo is not compared with them`);

async function at(file: string, second?: number): Promise<Tape> {
  const opened = await openTape(file, {
    running: false,
    at: (header) => (second === undefined ? undefined : header.fromUnix + second),
  });
  if (!opened.ok) throw new Error(opened.because);
  return opened.tape;
}

/** What was said, but for the servers' own timings, which the demo leaves out. */
function told(answer: Answered): unknown {
  if (!answer.ok) return answer;
  const { data, metrics: _metrics, ...rest } = JSON.parse(answer.text);
  const { stats: _stats, ...body } = Array.isArray(data) ? { data } : { ...data };
  return { ...answer, headers: answer.headers['content-type'], text: { ...rest, ...body } };
}

describe.skipIf(absent)('the shipped recordings, as they are', () => {
  test('open at their last entry, with the tenants that were asked for', async () => {
    const tape = await at(shipped('incident'));
    expect(tape.header.tenants).toEqual(TENANTS);
    expect(tape.header.context).toBe('central');
    expect(tape.clock.now()).toBe(tape.header.toUnix);
    const answer = await ask(tape, '/prometheus/api/v1/query?query=up', { tenant: 'production-us-east' });
    expect(answer).toMatchObject({ ok: true, status: 200 });
    await tape.close();
  }, 60_000);

  test('errors, further entries, users and components answer who asks exactly so', async () => {
    const tape = await at(shipped('endpoints-incident'));
    expect(tape.header.tenants).toEqual(TENANTS);
    const query = '/prometheus/api/v1/query?query=up';
    const status = async (
      ...asked: Parameters<typeof ask> extends [Tape, ...infer Rest] ? Rest : never
    ): Promise<number | string> => {
      const answer = await ask(tape, ...asked);
      return answer.ok ? answer.status : answer.kind;
    };
    expect(await status(query, { tenant: null })).toBe(401);
    expect(await status(query, { tenant: null, component: 'mimir:defaulting' })).toBe(200);
    expect(await status(query, { tenant: 'production-us-east', component: 'mimir:basic', identity: 'nobody' })).toBe(
      401,
    );
    expect(await status(query, { tenant: 'production-us-east', component: 'mimir:basic', identity: 'oncall' })).toBe(
      200,
    );
    expect(
      await status('/loki/api/v1/labels', {
        tenant: 'production-us-east',
        component: 'loki:user-is-tenant',
        identity: 'oncall',
      }),
    ).toBe(200);
    expect(await status('/api/v2/search/tags', { tenant: null, component: 'tempo:basic' })).toBe(401);
    expect(
      await status('/api/v1/nodes?limit=500', { tenant: null, component: 'kubernetes/central', identity: 'viewer' }),
    ).toBe(403);
    expect(
      await status('/api/v1/namespaces/monitoring/pods', {
        tenant: null,
        component: 'kubernetes/central',
        identity: 'bad-token',
      }),
    ).toBe(401);
    expect(
      await status('/distributor/ring', {
        tenant: null,
        component: 'mimir/distributor',
        headers: { accept: 'application/json' },
      }),
    ).toBe(200);
    expect(await status('/ingester/tenants', { tenant: null, component: 'mimir/ingester-0' })).toBe(200);
    expect(await status('/metrics', { tenant: null, component: 'agent/edge-dev' })).toBe(200);
    const ring = await ask(tape, '/ingester/ring', {
      tenant: null,
      component: 'mimir/distributor',
      headers: { accept: 'application/json' },
    });
    expect(ring.ok && JSON.parse(ring.text)).toHaveProperty('shards');
    await tape.close();
  });

  test.each(['endpoints-one-ingester-lost', 'endpoints-one-ingester-down', 'endpoints-two-ingesters-down'])(
    '%s opens',
    async (name) => {
      const tape = await at(shipped(name));
      expect(tape.header.backends).toContain('mimir');
      await tape.close();
    },
  );
});

describe.skipIf(absent)('the demo answers as the recording it was cut from', () => {
  const opened: Tape[] = [];
  beforeAll(async () => {
    for (const second of [365, 501, 633, 720, 799])
      for (const file of [DEMO, shipped('incident')]) opened.push(await at(file, second));
  }, 120_000);
  afterAll(async () => {
    for (const tape of opened) await tape.close();
  });

  test.each([0, 1, 2, 3, 4])(
    'at moment %i',
    async (moment) => {
      const [demo, whole] = opened.slice(moment * 2);
      for (const tenant of TENANTS) {
        for (const what of [...EXISTS, ...PULSE, ...EXEMPLARS, ...SEARCHES, ...LINES])
          expect(told(await askNow(demo!, what, tenant))).toEqual(told(await askNow(whole!, what, tenant)));
        const answer = await askNow(whole!, SEARCHES[1]!, tenant);
        const { traces = [] }: { traces?: { traceID: string }[] } = JSON.parse(answer.ok ? answer.text : '{}');
        for (const { traceID } of traces.slice(0, 5)) {
          expect(told(await traceOf(demo!, tenant, traceID))).toEqual(told(await traceOf(whole!, tenant, traceID)));
          const id = traceID.padStart(32, '0');
          expect(told(await linesOf(demo!, tenant, 'trace_id', id))).toEqual(
            told(await linesOf(whole!, tenant, 'trace_id', id)),
          );
        }
      }
    },
    60_000,
  );
});
