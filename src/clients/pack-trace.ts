import { findCulprit } from '../domain/critical-path.ts';
import type { Labels } from '../domain/series.ts';
import { layTree, type SpanTree } from '../domain/span-tree.ts';
import { decodeSpans, type RawSpan, type SpanSink } from './decode-trace.ts';
import type { Decoded } from './http.ts';
import { COUNTS, CRITICAL, ERROR, NO_ID, type PackedTrace, SECONDS, type Texts, unpackTrace } from './packed-trace.ts';

/** A trace by id, as `decodeTrace` reads it, laid out and packed. Fails: as `decodeTrace`. */
export const decodeTracePacked = (text: string, traceId: string): Decoded<PackedTrace> =>
  decodeSpans(text, makePacker(traceId));

/** What is kept of a span until all have come. Times in nanoseconds. */
interface Kept {
  readonly ids: string[];
  readonly parents: string[];
  readonly starts: bigint[];
  readonly ends: bigint[];
  /** Flags, service, name, kind and resource of each. */
  readonly told: number[];
}

const TOLD = 5;

function makePacker(traceId: string): SpanSink<PackedTrace> {
  const kept: Kept = { ids: [], parents: [], starts: [], ends: [], told: [] };
  const words = new Map<string, number>();
  const details = growTexts();
  let last: { readonly resource: Labels; readonly number: number } | undefined;
  const numberOf = (word: string): number => {
    const number = words.get(word) ?? words.size;
    if (number === words.size) words.set(word, number);
    return number;
  };
  const resourceOf = (resource: Labels): number => {
    if (last?.resource !== resource) last = { resource, number: numberOf(JSON.stringify(resource)) };
    return last.number;
  };
  return {
    take({ span, startNanos, endNanos, events }: RawSpan) {
      kept.ids.push(span.spanId);
      kept.parents.push(span.parentId);
      kept.starts.push(startNanos);
      kept.ends.push(endNanos);
      kept.told.push(span.error ? ERROR : 0, numberOf(span.service), numberOf(span.name), numberOf(span.kind));
      kept.told.push(resourceOf(span.resource));
      const told = events.map(({ name, atNanos, attributes }) => [name, String(atNanos), attributes]);
      details.add(JSON.stringify([span.attributes, told, span.said]));
    },
    end() {
      const texts = growTexts();
      for (const word of words.keys()) texts.add(word);
      const packed = { traceId, words: texts.end(), details: details.end(), ...columnsOf(kept), culprit: undefined };
      return { ...packed, culprit: findCulprit(unpackTrace(packed).laid?.spans ?? []) };
    },
  };
}

type Columns = Omit<PackedTrace, 'traceId' | 'words' | 'details' | 'culprit'>;

function columnsOf({ ids, parents, starts, ends, told }: Kept): Columns {
  const { startNanos, begins, lasts } = secondsOf(starts, ends);
  const arrived = orderOf(begins);
  const tree = layTree({
    ids: arrived.map((at) => ids[at] ?? ''),
    parents: arrived.map((at) => parents[at] ?? ''),
    starts: pick(begins, arrived),
    durations: pick(lasts, arrived),
  });
  const order = Array.from(tree.order, (rank) => arrived[rank] ?? 0);
  const byStart = new Uint32Array(order.length);
  for (let place = 0; place < order.length; place++) byStart[tree.order[place] ?? 0] = place;
  return {
    startNanos,
    durationSeconds: begins.reduce((most, start, at) => Math.max(most, start + (lasts[at] ?? 0)), 0),
    ids: spelled(order, ids),
    parents: spelled(order, parents),
    seconds: columnOfSeconds(order, tree, begins, lasts),
    counts: columnOfCounts(order, tree, told),
    byStart,
  };
}

/** Nanoseconds since 1970 as seconds after the first start. */
function secondsOf(starts: readonly bigint[], ends: readonly bigint[]) {
  // A span without a start (a zero, left out) must not move the trace's start to 1970.
  let startNanos = 0n;
  for (const nanos of starts) if (nanos > 0n && (startNanos === 0n || nanos < startNanos)) startNanos = nanos;
  const begins = new Float64Array(starts.length);
  const lasts = new Float64Array(starts.length);
  for (let at = 0; at < starts.length; at++) {
    const from = starts[at] ?? 0n;
    const to = ends[at] ?? 0n;
    if (from === 0n) continue;
    begins[at] = Number(from - startNanos) / 1e9;
    if (to > from) lasts[at] = Number(to - from) / 1e9;
  }
  return { startNanos, begins, lasts };
}

/** Spans by start; those that start together in the order they came. */
function orderOf(begins: Float64Array): readonly number[] {
  const order = Array.from({ length: begins.length }, (_, at) => at);
  return order.sort((left, right) => (begins[left] ?? 0) - (begins[right] ?? 0));
}

function pick(column: Float64Array, order: readonly number[]): Float64Array {
  const picked = new Float64Array(order.length);
  for (let rank = 0; rank < order.length; rank++) picked[rank] = column[order[rank] ?? 0] ?? 0;
  return picked;
}

const spelled = (order: readonly number[], ids: readonly string[]): string =>
  order.map((at) => ids[at] || NO_ID).join('');

function columnOfSeconds(order: readonly number[], tree: SpanTree, begins: Float64Array, lasts: Float64Array) {
  const seconds = new Float64Array(order.length * SECONDS);
  for (let place = 0; place < order.length; place++) {
    const at = order[place] ?? 0;
    const to = place * SECONDS;
    seconds[to] = begins[at] ?? 0;
    seconds[to + 1] = lasts[at] ?? 0;
    seconds[to + 2] = tree.selfSeconds[place] ?? 0;
    // NaN, off the path, is no part of it.
    seconds[to + 3] = tree.criticalSeconds[place] || 0;
  }
  return seconds;
}

function columnOfCounts(order: readonly number[], tree: SpanTree, told: readonly number[]) {
  const counts = new Uint32Array(order.length * COUNTS);
  for (let place = 0; place < order.length; place++) {
    const at = order[place] ?? 0;
    const onPath = !Number.isNaN(tree.criticalSeconds[place]);
    let to = place * COUNTS;
    counts[to++] = (told[at * TOLD] ?? 0) | (onPath ? CRITICAL : 0);
    counts[to++] = tree.depths[place] ?? 0;
    counts[to++] = tree.childCounts[place] ?? 0;
    counts[to++] = tree.again[place] ?? 0;
    for (let word = 1; word < TOLD; word++) counts[to++] = told[at * TOLD + word] ?? 0;
    counts[to] = at;
  }
  return counts;
}

/** Texts one behind the other, in memory that grows with them. */
function growTexts(): { add(text: string): void; end(): Texts } {
  const encoder = new TextEncoder();
  const ends: number[] = [];
  let utf8 = new Uint8Array(64 * 1024);
  let end = 0;
  return {
    add(text) {
      // UTF-8 takes three bytes at most for each of JavaScript's characters.
      if (utf8.length - end < text.length * 3) {
        const longer = new Uint8Array((utf8.length + text.length * 3) * 2);
        longer.set(utf8);
        utf8 = longer;
      }
      end += encoder.encodeInto(text, utf8.subarray(end)).written;
      ends.push(end);
    },
    end: () => ({ utf8: utf8.subarray(0, end), ends: Uint32Array.from(ends) }),
  };
}
