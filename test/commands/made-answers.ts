import type { Answer } from '../../src/commands/answer.ts';
import type { Fault, Loaded, Origin } from '../../src/domain/result.ts';
import { parseTenant, type Tenant } from '../../src/domain/tenant.ts';
import type { Body, View } from '../../src/views/view.ts';
import { view } from '../../src/views/view.ts';

export const tenantOf = (text: string): Tenant => {
  const parsed = parseTenant(text);
  if (!parsed.ok) throw new Error(parsed.because);
  return parsed.tenant;
};

/** Everything a stranger may put into a log line or a span's name, in one text. */
export const HOSTILE =
  'a\u001b[2Jb\u001b]0;owned\u0007c\u202ed\r\ne\u0000f\u009bg|h,"i"=\u{e0041}j<img src=x>![k](http://evil.example/l)@all';

export const AT_UNIX = Date.parse('2026-11-23T15:33:00Z') / 1000;

export interface MadeRow {
  readonly id: string;
  readonly parent?: string;
  readonly name: string;
  readonly seconds: number;
  readonly startSeconds?: number;
  readonly marked?: boolean;
  readonly verdict?: string;
  readonly tenant?: string;
}

const origin = (row: MadeRow): Origin => ({
  source: { backend: 'mimir', place: 'made' },
  tenant: tenantOf(row.tenant ?? 'shop'),
  atUnix: AT_UNIX,
  path: '/prometheus/api/v1/query',
  asked: 'up',
});

const SECONDS = {
  id: 'seconds',
  title: 'SECONDS',
  cell: (row: MadeRow) => String(row.seconds),
  alignRight: true,
  keep: 90,
} as const;

const rowId = (row: MadeRow): string => row.id;

export const BODIES = {
  table: {
    kind: 'table',
    rowId,
    columns: [
      { id: 'name', title: 'NAME', cell: (row) => row.name, keep: 100, widthMax: 20, grow: true },
      SECONDS,
      { id: 'shy', title: 'SHY', cell: () => 'goes first', keep: 10 },
      { id: 'wide', title: 'WIDE', cell: () => 'only on wide screens', keep: 5, wide: true },
      {
        id: 'last',
        title: 'LAST',
        cell: (row) => (row.verdict ? `is ${row.verdict}` : ''),
        tone: () => 'bad',
        keep: 95,
      },
    ],
  },
  waterfall: {
    kind: 'waterfall',
    rowId,
    parentId: (row) => row.parent ?? '',
    label: (row) => row.name,
    tone: () => 'plain',
    bar: (row) => ({ startSeconds: row.startSeconds ?? 0, durationSeconds: row.seconds }),
    onCriticalPath: (row) => row.marked === true,
    columns: [SECONDS],
  },
  lines: {
    kind: 'lines',
    rowId,
    atNanos: () => 1_795_447_980_123_456_789n,
    level: () => 'error',
    who: () => 'payments',
    text: (row) => row.name,
    tone: () => 'bad',
    marked: (row) => row.marked === true,
  },
  report: { kind: 'report', rowId, label: (row) => row.id, text: (row) => row.name, tone: () => 'plain' },
} as const satisfies Readonly<Record<string, Body<MadeRow>>>;

export const madeView = (body: Body<MadeRow>, more: Partial<View<MadeRow>> = {}): View<unknown> =>
  view<MadeRow>({
    id: 'made',
    aliases: [],
    about: 'made for a test',
    everySeconds: 0,
    async *load() {
      yield { rows: [], gaps: [], complete: true, because: 'nothing was made' };
    },
    body,
    keys: [],
    record: ({ name, seconds, verdict }) => ({ name, seconds, verdict: verdict ?? null }),
    origin,
    details: () => [],
    crumb: () => '',
    ...more,
  });

export const loadedOf = (rows: readonly MadeRow[], more: Partial<Loaded<MadeRow>> = {}): Loaded<MadeRow> => ({
  rows,
  gaps: [],
  complete: true,
  ...more,
});

export const answerOf = (body: Body<MadeRow>, loaded: Loaded<MadeRow>, tenants = [tenantOf('shop')]): Answer => ({
  view: madeView(body),
  loaded,
  tenants,
  atUnix: AT_UNIX,
});

export const GAP: Fault = {
  kind: 'timeout',
  source: { backend: 'loki', place: 'made' },
  tenant: tenantOf('shop'),
  said: 'no answer within 10 s',
};
