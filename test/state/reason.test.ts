import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Loaded } from '../../src/domain/result.ts';
import { reasonFor } from '../../src/state/reason.ts';
import type { Subject } from '../../src/state/subject.ts';
import { views } from '../../src/views/index.ts';
import type { Params } from '../../src/views/view.ts';
import { type Demo, demo } from '../demo.ts';

let recording: Demo;
beforeAll(async () => {
  recording = await demo();
});
afterAll(() => recording.close());

interface Cursor {
  readonly row?: (record: Record<string, unknown>) => boolean;
  readonly column?: string;
  readonly params?: Params;
  readonly scope?: readonly string[];
}

/** Where `x`, then `enter`, leads from a screen of the demo. */
async function leads(id: string, { row: wanted, column, params = {}, scope }: Cursor) {
  const view = views.find((each) => each.id === id);
  if (view === undefined) throw new Error(id);
  const loaded: Loaded<unknown> = wanted ? await recording.load(id, params) : { rows: [], gaps: [], complete: true };
  const row = loaded.rows.find((each) => wanted?.(view.record(each)));
  if (wanted && row === undefined) throw new Error(`${id} has no such row`);
  const subject = {
    ...{ view, views, row, rowId: wanted ? 'it' : undefined },
    frame: { params, ...(column ? { column } : {}) },
    ...{ slot: { gaps: loaded.gaps }, visible: { rows: loaded.rows } },
    state: { scope: scope ?? [], tenants: recording.tenants },
  } as unknown as Subject;
  const intent = reasonFor(subject);
  const { tenant: its } = row === undefined ? {} : view.record(row);
  const whose = intent?.params.tenant === its ? 'ITS' : intent?.params.tenant;
  return intent && [intent.view, intent.params.tenant && whose, intent.params.signal].filter(Boolean).join(' ');
}

const of =
  (fields: Record<string, unknown>) =>
  (record: Record<string, unknown>): boolean =>
    Object.entries(fields).every(([name, value]) => record[name] === value);
const any = (): boolean => true;

describe('x on a cell of any screen', () => {
  test.each<[string, Cursor, string | undefined]>([
    ['slow', { row: any }, 'why ITS metrics'],
    ['exemplars', { row: any, column: 'seconds' }, 'why ITS metrics'],
    ['exemplars', { row: any, column: 'exists' }, 'why ITS traces'],
    ['heatmap', { row: any }, 'why ITS metrics'],
    ['traces', { row: any }, 'why ITS traces'],
    ['logs', { row: any }, 'why ITS logs'],
    ['patterns', { row: any }, 'why ITS logs'],
    ['tenants', { row: of({ tenant: 'edge-dev' }) }, 'why ITS metrics'],
    ['tenants', { row: of({ tenant: 'edge-dev' }), column: 'logs' }, 'why ITS logs'],
    ['tenants', { row: of({ tenant: 'edge-dev' }), column: 'traces-bytes' }, 'why ITS traces'],
    ['header', { row: of({ entry: 'plain', signal: 'logs' }) }, 'why ITS logs'],
    ['cardinality', { row: of({ signal: 'metrics' }) }, 'why ITS metrics'],
    ['labels', { row: of({ signal: 'logs' }) }, 'why ITS logs'],
    ['limits', { row: of({ signal: 'logs' }) }, 'why ITS logs'],
    ['queues', { row: of({ agent: 'monitoring-agent-alloy-c3t6h' }) }, 'why edge-dev metrics'],
    ['agents', { row: of({ pod: 'monitoring-agent-alloy-c3t6h' }) }, 'why edge-dev logs'],
    ['spread', { row: of({ component: 'loki ingester' }) }, 'tenants'],
    ['spread', { row: of({ component: 'loki ingester' }), scope: ['staging'] }, 'why staging logs'],
    ['stack', { row: of({ kind: 'tempo' }), scope: ['staging'] }, 'why staging traces'],
    ['pods', { row: of({ kind: 'mimir' }), scope: ['staging'] }, 'why staging metrics'],
    ['pods', { row: of({ kind: 'agent' }) }, 'tenants'],
    ['events', { row: of({ object: 'monitoring-server-loki-ingester-2' }), scope: ['staging'] }, 'why staging logs'],
    ['requests', { row: of({ source: 'loki@central', tenant: 'staging' }) }, 'why ITS logs'],
    ['nodes', { row: any }, undefined],
    ['contexts', { row: any }, undefined],
  ])('%s %o: %s', async (id, cursor, expected) => expect(await leads(id, cursor)).toBe(expected));
});

describe('x on an empty screen', () => {
  test.each<[string, Cursor, string | undefined]>([
    ['slow', { scope: ['edge-dev'] }, 'why edge-dev metrics'],
    ['traces', { params: { tenant: 'edge-dev' } }, 'why edge-dev traces'],
    ['logs', { scope: ['edge-dev'] }, 'why edge-dev logs'],
    ['exemplars', {}, 'tenants'],
    ['stack', {}, undefined],
  ])('%s %o: %s', async (id, cursor, expected) => expect(await leads(id, cursor)).toBe(expected));
});
