import { NO_PARENT, type SpanColumns } from '../domain/span-tree.ts';
import { NO_ID } from './packed-trace.ts';

/** Ids of eight bytes as two columns of numbers: a hundred thousand of them as text would cost more than all the rest. */
type Halves = readonly [high: readonly number[], low: readonly number[]];

/** A number for each distinct id, and for each parent; spans in the given order. */
export function numberHalves(
  ids: Halves,
  parents: Halves,
  order: Uint32Array,
): Omit<SpanColumns, 'starts' | 'durations'> {
  const names = new Uint32Array(order.length);
  const table = makeTable(ids, order.length);
  for (let rank = 0; rank < order.length; rank++) names[rank] = table.add(order[rank] ?? 0);
  const [high, low] = parents;
  const above = new Int32Array(order.length);
  for (let rank = 0; rank < order.length; rank++) {
    const span = order[rank] ?? 0;
    above[rank] = table.find(high[span] ?? 0, low[span] ?? 0);
  }
  return { names, nameCount: table.count(), above };
}

/** Numbers of ids, by open addressing and at most half full: a Map of texts takes five times as long. */
function makeTable([high, low]: Halves, most: number) {
  const size = 2 ** Math.ceil(Math.log2(most * 2 + 2));
  /** Which span first had the id at this place, counted from 1. */
  const firsts = new Uint32Array(size);
  const numbers = new Uint32Array(high.length);
  let count = 0;
  const placeOf = (top: number, bottom: number): number => {
    let place = (Math.imul(top ^ Math.imul(bottom, 0x9e3779b1), 0x85ebca6b) >>> 7) & (size - 1);
    for (let span = firsts[place] ?? 0; span > 0; span = firsts[place] ?? 0) {
      if (high[span - 1] === top && low[span - 1] === bottom) return place;
      place = (place + 1) & (size - 1);
    }
    return place;
  };
  return {
    count: () => count,
    add(span: number): number {
      const place = placeOf(high[span] ?? 0, low[span] ?? 0);
      const first = firsts[place] ?? 0;
      if (first > 0) return numbers[first - 1] ?? 0;
      firsts[place] = span + 1;
      numbers[span] = count;
      count += 1;
      return count - 1;
    },
    find(top: number, bottom: number): number {
      if (top === 0 && bottom === 0) return NO_PARENT;
      const first = firsts[placeOf(top, bottom)] ?? 0;
      return first === 0 ? NO_PARENT : (numbers[first - 1] ?? 0);
    },
  };
}

/** Six bits by character code; 64 where the character is none of base64's. */
const SIXES = Uint8Array.from({ length: 128 }, (_, code) => {
  const six = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(String.fromCharCode(code));
  return six < 0 ? 64 : six;
});

/** Keep an id that came as base64 of eight bytes, as Tempo writes them; false where it is anything else. */
export function putBase64(id: unknown, [high, low]: readonly [number[], number[]]): boolean {
  if (typeof id !== 'string' || id.length !== 12 || id.charCodeAt(11) !== 61) return false;
  let top = 0;
  let bottom = 0;
  for (let at = 0; at < 11; at++) {
    const six = SIXES[id.charCodeAt(at)] ?? 64;
    if (six > 63) return false;
    // 32 bits end in the middle of the sixth character; of the last one only four bits count.
    if (at < 5) top = (top << 6) | six;
    else if (at === 5) {
      top = (top << 2) | (six >> 4);
      bottom = six & 15;
    } else if (at < 10) bottom = (bottom << 6) | six;
    else bottom = (bottom << 4) | (six >> 2);
  }
  high.push(top >>> 0);
  low.push(bottom >>> 0);
  return true;
}

const DIGITS = Buffer.from('0123456789abcdef', 'latin1');

/** Ids as hex, end to end; spaces where there is none. */
export function spelled(order: Uint32Array, [high, low]: Halves): string {
  const text = Buffer.alloc(order.length * NO_ID.length, ' ', 'latin1');
  for (let rank = 0; rank < order.length; rank++) {
    const span = order[rank] ?? 0;
    const [top, bottom] = [high[span] ?? 0, low[span] ?? 0];
    if (top === 0 && bottom === 0) continue;
    const at = rank * NO_ID.length;
    for (let digit = 0; digit < 8; digit++) {
      text[at + digit] = DIGITS[(top >>> (28 - 4 * digit)) & 15] ?? 0;
      text[at + 8 + digit] = DIGITS[(bottom >>> (28 - 4 * digit)) & 15] ?? 0;
    }
  }
  return text.toString('latin1');
}
