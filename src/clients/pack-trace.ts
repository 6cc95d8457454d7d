import { findCulprit } from '../domain/critical-path.ts';
import type { Labels } from '../domain/series.ts';
import { layTree, type SpanTree } from '../domain/span-tree.ts';
import { bigintOf, each, textOf } from './decode.ts';
import { attributesOf, decodeSpans, eventOf, kindOf, type SpanSink, spanIdOf, statusOf } from './decode-trace.ts';
import type { Decoded } from './decoded.ts';
import { numberHalves, putBase64, spelled } from './id-halves.ts';
import { COUNTS, CRITICAL, ERROR, type PackedTrace, SECONDS, type Texts, unpackTrace } from './packed-trace.ts';

/** A trace by id, as `decodeTrace` reads it, laid out and packed. Fails: as `decodeTrace`. */
export const decodeTracePacked = (text: string, traceId: string): Decoded<PackedTrace> =>
  decodeSpans(text, makePacker(traceId, text.length));

/** What is kept of the spans until all have come, as columns of plain numbers. Ids in two halves, times in two parts. */
interface Kept {
  readonly ids: readonly [high: number[], low: number[]];
  readonly parents: readonly [high: number[], low: number[]];
  readonly starts: readonly [seconds: number[], nanos: number[]];
  readonly ends: readonly [seconds: number[], nanos: number[]];
  /** Flags, service, name, kind and resource of each. */
  readonly told: number[];
}

const TOLD = 5;

function makePacker(traceId: string, textLength: number): SpanSink<PackedTrace> {
  const kept: Kept = { ids: [[], []], parents: [[], []], starts: [[], []], ends: [[], []], told: [] };
  const words = new Map<string, number>();
  // What is kept of a span is seldom more than half of what came; memory that is not written costs nothing.
  const details = growTexts(textLength / 2);
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
    take(fields, service, resource) {
      const attributes = attributesOf(fields.attributes);
      const events = each(fields.events, 'events', eventOf);
      const known =
        putId(fields.spanId, kept.ids) &&
        putId(fields.parentSpanId ?? '', kept.parents) &&
        putTime(fields.startTimeUnixNano ?? '0', kept.starts) &&
        putTime(fields.endTimeUnixNano ?? '0', kept.ends);
      if (!known || !attributes || !events.ok || (kept.ids[0].at(-1) === 0 && kept.ids[1].at(-1) === 0)) return false;
      const { error, said } = statusOf(fields);
      kept.told.push(error ? ERROR : 0, numberOf(service), numberOf(textOf(fields.name) ?? ''));
      kept.told.push(numberOf(kindOf(fields.kind)), resourceOf(resource));
      const told = events.value.map(({ name, atNanos, attributes: more }) => [name, String(atNanos), more]);
      details.add(JSON.stringify([attributes, told, said]));
      return true;
    },
    end() {
      const texts = growTexts(64 * 1024);
      for (const word of words.keys()) texts.add(word);
      const packed = { traceId, words: texts.end(), details: details.end(), ...columnsOf(kept), culprit: undefined };
      return { ...packed, culprit: findCulprit(unpackTrace(packed).laid?.spans ?? []) };
    },
  };
}

/** Keep an id; false where it is none. Zeros are no id. */
function putId(id: unknown, halves: Kept['ids']): boolean {
  if (putBase64(id, halves)) return true;
  const hex = spanIdOf(id);
  if (hex === undefined) return false;
  halves[0].push(hex === '' ? 0 : Number.parseInt(hex.slice(0, 8), 16));
  halves[1].push(hex === '' ? 0 : Number.parseInt(hex.slice(8), 16));
  return true;
}

/** Keep a time; false where it is none. Whole seconds have ten digits for the next two centuries. */
function putTime(time: unknown, [seconds, nanos]: Kept['starts']): boolean {
  if (typeof time === 'string' && /^\d{19}$/.test(time)) {
    seconds.push(Number(time.slice(0, 10)));
    nanos.push(Number(time.slice(10)));
    return true;
  }
  const whole = bigintOf(time);
  if (whole === undefined) return false;
  seconds.push(Number(whole / 1_000_000_000n));
  nanos.push(Number(whole % 1_000_000_000n));
  return true;
}

type Columns = Omit<PackedTrace, 'traceId' | 'words' | 'details' | 'culprit'>;

function columnsOf({ ids, parents, starts, ends, told }: Kept): Columns {
  const { startNanos, begins, lasts } = secondsOf(starts, ends);
  const arrived = orderOf(begins);
  const tree = layTree({
    ...numberHalves(ids, parents, arrived),
    starts: pick(begins, arrived),
    durations: pick(lasts, arrived),
  });
  const order = tree.order.map((rank) => arrived[rank] ?? 0);
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

/** Seconds after the first start, exact to the nanosecond: the parts are whole numbers. */
function secondsOf([seconds, nanos]: Kept['starts'], [endSeconds, endNanos]: Kept['ends']) {
  const first = firstOf(seconds, nanos);
  const begins = new Float64Array(seconds.length);
  const lasts = new Float64Array(seconds.length);
  for (let at = 0; at < seconds.length; at++) {
    const [whole, part] = [seconds[at] ?? 0, nanos[at] ?? 0];
    if (whole === 0 && part === 0) continue;
    begins[at] = ((whole - first.seconds) * 1e9 + (part - first.nanos)) / 1e9;
    lasts[at] = Math.max(0, ((endSeconds[at] ?? 0) - whole) * 1e9 + ((endNanos[at] ?? 0) - part)) / 1e9;
  }
  return { startNanos: BigInt(first.seconds) * 1_000_000_000n + BigInt(first.nanos), begins, lasts };
}

function firstOf(seconds: readonly number[], nanos: readonly number[]): { seconds: number; nanos: number } {
  let first = { seconds: 0, nanos: 0 };
  for (let at = 0; at < seconds.length; at++) {
    const next = { seconds: seconds[at] ?? 0, nanos: nanos[at] ?? 0 };
    // A span without a start (a zero, left out) must not move the trace's start to 1970.
    if (next.seconds === 0 && next.nanos === 0) continue;
    const none = first.seconds === 0 && first.nanos === 0;
    if (none || next.seconds < first.seconds || (next.seconds === first.seconds && next.nanos < first.nanos))
      first = next;
  }
  return first;
}

/** Spans by start; those that start together in the order they came. */
function orderOf(begins: Float64Array): Uint32Array {
  const order = Uint32Array.from({ length: begins.length }, (_, at) => at);
  return order.sort((left, right) => (begins[left] ?? 0) - (begins[right] ?? 0) || left - right);
}

function pick(column: Float64Array, order: Uint32Array): Float64Array {
  const picked = new Float64Array(order.length);
  for (let rank = 0; rank < order.length; rank++) picked[rank] = column[order[rank] ?? 0] ?? 0;
  return picked;
}

function columnOfSeconds(order: Uint32Array, tree: SpanTree, begins: Float64Array, lasts: Float64Array) {
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

function columnOfCounts(order: Uint32Array, tree: SpanTree, told: readonly number[]) {
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
function growTexts(bytes: number): { add(text: string): void; end(): Texts } {
  const encoder = new TextEncoder();
  const ends: number[] = [];
  let utf8 = new Uint8Array(Math.ceil(bytes) + 1024);
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
