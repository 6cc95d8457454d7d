import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answered } from '../../src/domain/exchange.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { openTape, type Tape } from '../../src/tape/tape.ts';
import { ask } from './made-tape.ts';
import { askNow, EXEMPLARS, EXISTS, LINES, linesOf, PULSE, SEARCHES, TENANTS, traceOf } from './story-questions.ts';

const FOLDER = process.env.LGTM_TUI_RECORDINGS ?? fileURLToPath(new URL('../../../shared/recordings', import.meta.url));
const DEMO = fileURLToPath(new URL('../fixtures/incident-cut.tape', import.meta.url));
const shipped = (name: string): string => join(FOLDER, `${name}.ndjson.zst`);
const absent = !existsSync(shipped('incident'));
if (absent) console.log(`the shipped recordings are not in ${FOLDER}: the demo is not compared with them`);

async function opened(file: string): Promise<Tape> {
  const result = await openTape(file, { running: false });
  if (!result.ok) throw new Error(result.because);
  return result.tape;
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
    const tape = await opened(shipped('incident'));
    expect(tape.header.tenants).toEqual(TENANTS);
    expect(tape.header.context).toBe('central');
    expect(tape.clock.now()).toBe(tape.header.toUnix);
    const answer = await ask(tape, '/prometheus/api/v1/query?query=up', { tenant: 'production-us-east' });
    expect(answer).toMatchObject({ ok: true, status: 200 });
    await tape.close();
  }, 60_000);

  test('errors, further entries, users and components answer who asks exactly so', async () => {
    const tape = await opened(shipped('endpoints-incident'));
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
      const tape = await opened(shipped(name));
      expect(tape.header.backends).toContain('mimir');
      await tape.close();
    },
  );
});

/** One tape that is moved: opening the whole recording takes seconds. */
async function movable(file: string): Promise<{ tape: Tape; moveTo(second: number): void }> {
  let wall = 0;
  const opened = await openTape(file, { running: true, at: (header) => header.fromUnix, wall: () => wall });
  if (!opened.ok) throw new Error(opened.because);
  return {
    tape: opened.tape,
    moveTo: (second) => {
      wall = second;
    },
  };
}

describe.skipIf(absent)('the demo answers as the recording it was cut from', () => {
  let demo: Awaited<ReturnType<typeof movable>>;
  let whole: Awaited<ReturnType<typeof movable>>;
  beforeAll(async () => {
    demo = await movable(DEMO);
    whole = await movable(shipped('incident'));
  }, 60_000);
  afterAll(async () => {
    await demo?.tape.close();
    await whole?.tape.close();
  });

  const same = async (ask: (tape: Tape) => Promise<Answered>): Promise<void> => {
    expect(told(await ask(demo.tape))).toEqual(told(await ask(whole.tape)));
  };

  test.each([365, 501, 633, 720, 799])(
    'at second %i',
    async (second) => {
      demo.moveTo(second);
      whole.moveTo(second);
      for (const tenant of TENANTS) {
        for (const what of [...EXISTS, ...PULSE, ...EXEMPLARS, ...SEARCHES, ...LINES])
          await same((tape) => askNow(tape, what, tenant));
        for (const id of await failedTraces(whole.tape, tenant)) {
          await same((tape) => traceOf(tape, tenant, id));
          await same((tape) => linesOf(tape, tenant, 'trace_id', id.padStart(32, '0')));
        }
      }
    },
    60_000,
  );
});

/** As many as the recording followed. */
async function failedTraces(tape: Tape, tenant: Tenant): Promise<readonly string[]> {
  const answer = await askNow(tape, SEARCHES[1]!, tenant);
  const { traces = [] }: { traces?: { traceID: string }[] } = JSON.parse(answer.ok ? answer.text : '{}');
  return traces.slice(0, 5).map((trace) => trace.traceID);
}
