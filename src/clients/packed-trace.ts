import type { Labels } from '../domain/series.ts';
import type { Culprit, PlacedSpan, Span, SpanEvent, Trace } from '../domain/trace.ts';

/**
 * A trace in a few long columns instead of a hundred thousand objects: handed from thread to thread without a copy, and
 * made spans again one by one, when the screen comes to them.
 *
 * Spans stand in the order of the tree. Ids are 16 characters each, spaces where there is none.
 */
export interface PackedTrace {
  readonly traceId: string;
  readonly startNanos: bigint;
  readonly durationSeconds: number;
  readonly culprit: Culprit | undefined;
  readonly ids: string;
  readonly parents: string;
  /** `SECONDS` numbers a span. */
  readonly seconds: Float64Array<ArrayBuffer>;
  /** `COUNTS` numbers a span. */
  readonly counts: Uint32Array<ArrayBuffer>;
  /** For each span by start, its place in the order of the tree. */
  readonly byStart: Uint32Array<ArrayBuffer>;
  /** Every word once: services, names, kinds, resources as JSON. */
  readonly words: Texts;
  /** Of each span, in the order they came: attributes, events (name, nanoseconds, attributes), status message; as JSON. */
  readonly details: Texts;
}

/** Texts end to end, in UTF-8, and where each ends. */
export interface Texts {
  readonly utf8: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
}

/** Start, duration, self, critical. */
export const SECONDS = 4;
/** Flags, depth, children, again, service, name, kind, resource, place among the details. */
export const COUNTS = 9;
export const ERROR = 1;
export const CRITICAL = 2;
const ID_LENGTH = 16;
export const NO_ID = ' '.repeat(ID_LENGTH);

/** What may change hands instead of being copied. */
export const memoryOf = ({ seconds, counts, byStart, words, details }: PackedTrace): readonly ArrayBuffer[] =>
  [seconds, counts, byStart, words.utf8, words.ends, details.utf8, details.ends].map(({ buffer }) => buffer);

/** A trace again. Its spans are read from the columns when they are looked at. */
export function unpackTrace(packed: PackedTrace): Trace {
  const { traceId, startNanos, durationSeconds, culprit, byStart } = packed;
  const columns = makeColumns(packed);
  const placed = Array.from({ length: byStart.length }, (_, at) => new PackedSpan(columns, at));
  const spans = Array.from(byStart, (at): Span => placed[at] ?? new PackedSpan(columns, at));
  return { traceId, startNanos, durationSeconds, spans, laid: { spans: placed, culprit } };
}

interface Columns {
  id(at: number): string;
  parent(at: number): string;
  seconds(at: number, which: number): number;
  count(at: number, which: number): number;
  word(number: number): string;
  resource(number: number): Labels;
  details(at: number): Details;
}

/** Spans whose details are remembered: those on a screen, a few times over. */
const DETAILS_MAX = 500;

function makeColumns({ startNanos, ids, parents, seconds, counts, words, details }: PackedTrace): Columns {
  const decoder = new TextDecoder();
  const textAt = ({ utf8, ends }: Texts, at: number): string =>
    decoder.decode(utf8.subarray(at === 0 ? 0 : ends[at - 1], ends[at]));
  const idAt = (all: string, at: number): string => {
    const id = all.slice(at * ID_LENGTH, (at + 1) * ID_LENGTH);
    return id === NO_ID ? '' : id;
  };
  const word = remembering((number) => textAt(words, number), Number.POSITIVE_INFINITY);
  return {
    id: (at) => idAt(ids, at),
    parent: (at) => idAt(parents, at),
    seconds: (at, which) => seconds[at * SECONDS + which] ?? 0,
    count: (at, which) => counts[at * COUNTS + which] ?? 0,
    word,
    resource: remembering((number): Labels => JSON.parse(word(number)), Number.POSITIVE_INFINITY),
    details: remembering((at) => detailsIn(textAt(details, at), startNanos), DETAILS_MAX),
  };
}

type Details = readonly [attributes: Labels, events: readonly SpanEvent[], said: string];
type ToldEvent = readonly [name: string, atNanos: string, attributes: Labels];

function detailsIn(json: string, startNanos: bigint): Details {
  const [attributes, events, said]: [Labels, ToldEvent[], string] = JSON.parse(json);
  const secondsAfter = (nanos: bigint): number => (nanos > 0n ? Number(nanos - startNanos) / 1e9 : 0);
  return [
    attributes,
    events.map(([name, atNanos, more]) => ({ name, atSeconds: secondsAfter(BigInt(atNanos)), attributes: more })),
    said,
  ];
}

function remembering<T>(make: (number: number) => T, most: number): (number: number) => T {
  const known = new Map<number, T>();
  return (number) => {
    const before = known.get(number);
    if (before !== undefined) return before;
    if (known.size >= most) known.clear();
    const made = make(number);
    known.set(number, made);
    return made;
  };
}

class PackedSpan implements PlacedSpan {
  readonly columns: Columns;
  readonly at: number;
  constructor(columns: Columns, at: number) {
    this.columns = columns;
    this.at = at;
  }
  get spanId(): string {
    return this.columns.id(this.at);
  }
  get parentId(): string {
    return this.columns.parent(this.at);
  }
  get startSeconds(): number {
    return this.columns.seconds(this.at, 0);
  }
  get durationSeconds(): number {
    return this.columns.seconds(this.at, 1);
  }
  get selfSeconds(): number {
    return this.columns.seconds(this.at, 2);
  }
  get criticalSeconds(): number {
    return this.columns.seconds(this.at, 3);
  }
  get error(): boolean {
    return (this.columns.count(this.at, 0) & ERROR) > 0;
  }
  get onCriticalPath(): boolean {
    return (this.columns.count(this.at, 0) & CRITICAL) > 0;
  }
  get depth(): number {
    return this.columns.count(this.at, 1);
  }
  get childCount(): number {
    return this.columns.count(this.at, 2);
  }
  get again(): number {
    return this.columns.count(this.at, 3);
  }
  get service(): string {
    return this.columns.word(this.columns.count(this.at, 4));
  }
  get name(): string {
    return this.columns.word(this.columns.count(this.at, 5));
  }
  get kind(): string {
    return this.columns.word(this.columns.count(this.at, 6));
  }
  get resource(): Labels {
    return this.columns.resource(this.columns.count(this.at, 7));
  }
  get attributes(): Labels {
    return this.columns.details(this.columns.count(this.at, 8))[0];
  }
  get events(): readonly SpanEvent[] {
    return this.columns.details(this.columns.count(this.at, 8))[1];
  }
  get said(): string {
    return this.columns.details(this.columns.count(this.at, 8))[2];
  }
}
