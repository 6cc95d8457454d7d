import type { Clients } from '../src/clients/clients.ts';
import type { Fault, Loaded, Origin, Source } from '../src/domain/result.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import { go, type LoadInput, refuse, type Tone, type View, view } from '../src/views/view.ts';

/** Nobody to ask: for views that make their own rows. A view that asks all the same fails its test. */
const nobody: Partial<Clients> = {
  contexts: [],
  journal: { entries: () => [], onChange: () => () => undefined },
  sources: [],
};

export const noClients = nobody as Clients;

export const MIMIR: Source = { backend: 'mimir', place: 'made' };
export const TEMPO: Source = { backend: 'tempo', place: 'made' };

export interface MadeRow {
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly tenant: string;
  readonly tone?: Tone;
  readonly source?: Source;
  readonly atUnix?: number;
}

export const originOf = (row: MadeRow): Origin => ({
  source: row.source ?? MIMIR,
  tenant: row.tenant as Tenant,
  atUnix: row.atUnix ?? 1_795_139_990,
  path: '/prometheus/api/v1/query',
  asked: `made_metric{name="${row.name}"}`,
});

export const faultOf = (change: Partial<Fault> = {}): Fault => ({
  kind: 'timeout',
  source: MIMIR,
  said: 'no answer in 10s',
  ...change,
});

export const loadedOf = (rows: readonly MadeRow[], change: Partial<Loaded<MadeRow>> = {}): Loaded<MadeRow> => ({
  rows,
  gaps: [],
  complete: true,
  ...change,
});

export type Load = (input: LoadInput) => AsyncIterable<Loaded<MadeRow>>;

/** Yields these, one after another. */
export const loads = (...yields: readonly Loaded<MadeRow>[]): Load =>
  async function* () {
    yield* yields;
  };

export const madeRows = (count: number): readonly MadeRow[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `row-${index}`,
    name: `service-${index}`,
    value: (index * 37) % 1000,
    tenant: index % 2 === 0 ? 'north' : 'south',
  }));

/** A table with four columns; `enter` opens `child`, `p` refuses. */
export const madeTable = (load: Load, change: Partial<View<MadeRow>> = {}): View<unknown> =>
  view<MadeRow>({
    id: 'made',
    aliases: ['md'],
    about: 'rows made for a test',
    everySeconds: 15,
    load,
    body: {
      kind: 'table',
      rowId: (row) => row.id,
      columns: [
        { id: 'tenant', title: 'TENANT', cell: (row) => row.tenant, letter: 'T', keep: 10 },
        { id: 'name', title: 'NAME', cell: (row) => row.name, letter: 'N', keep: 100, grow: true },
        {
          id: 'value',
          title: 'VALUE',
          cell: (row) => String(row.value),
          sortBy: (row) => row.value,
          letter: 'V',
          alignRight: true,
          keep: 90,
          tone: (row) => row.tone ?? 'plain',
        },
        { id: 'end', title: 'END', cell: () => '|', keep: 80 },
      ],
    },
    keys: [
      { key: 'enter', does: 'its child', on: (row) => go('child', { name: row.name }) },
      { key: 'p', does: 'its pods', on: () => refuse('made rows run in no pod') },
    ],
    record: (row) => ({ id: row.id, name: row.name, value: row.value }),
    origin: originOf,
    details: (row) => [
      ['name', row.name],
      ['value', String(row.value)],
    ],
    crumb: (params) => params.name ?? '',
    ...change,
  });

export interface MadeSpan {
  readonly id: string;
  readonly parent: string;
  readonly label: string;
  readonly start: number;
  readonly duration: number;
  readonly tone?: Tone;
  readonly critical?: boolean;
}

export const madeWaterfall = (spans: readonly MadeSpan[], change: Partial<View<MadeSpan>> = {}): View<unknown> =>
  view<MadeSpan>({
    id: 'tree',
    aliases: [],
    about: 'spans made for a test',
    everySeconds: 0,
    async *load() {
      yield { rows: spans, gaps: [], complete: true };
    },
    body: {
      kind: 'waterfall',
      rowId: (span) => span.id,
      parentId: (span) => span.parent,
      label: (span) => span.label,
      tone: (span) => span.tone ?? 'plain',
      bar: (span) => ({ startSeconds: span.start, durationSeconds: span.duration }),
      onCriticalPath: (span) => span.critical ?? false,
      columns: [{ id: 'took', title: 'TOOK', cell: (span) => `${span.duration}s`, alignRight: true, keep: 50 }],
    },
    keys: [{ key: 'l', does: 'its lines', on: (span) => go('text', { span: span.id }) }],
    record: (span) => ({ id: span.id }),
    origin: () => undefined,
    details: (span) => [['label', span.label]],
    crumb: () => '',
    ...change,
  });

export interface MadeLine {
  readonly id: string;
  readonly level: string;
  readonly who: string;
  readonly text: string;
  readonly marked?: boolean;
}

export const madeLines = (lines: readonly MadeLine[], change: Partial<View<MadeLine>> = {}): View<unknown> =>
  view<MadeLine>({
    id: 'text',
    aliases: [],
    about: 'lines made for a test',
    everySeconds: 0,
    async *load() {
      yield { rows: lines, gaps: [], complete: true };
    },
    body: {
      kind: 'lines',
      rowId: (line) => line.id,
      atNanos: () => 1_795_139_990_123_456_789n,
      level: (line) => line.level,
      who: (line) => line.who,
      text: (line) => line.text,
      tone: (line) => (line.level === 'error' ? 'bad' : line.level === 'warn' ? 'warn' : 'plain'),
      marked: (line) => line.marked ?? false,
    },
    keys: [],
    record: (line) => ({ id: line.id, text: line.text }),
    origin: () => undefined,
    details: (line) => [['text', line.text]],
    crumb: () => '',
    ...change,
  });
