import { rfc3339OfUnix } from '../domain/time.ts';
import { sayQuestion, type TapeQuestion } from './question.ts';
import type { Shelf } from './shelf.ts';

/** The nearest thing recorded, as the end of a sentence: other times, another text, another tenant, or nothing like it. */
export async function nearestTo(shelf: Shelf, question: TapeQuestion, nowUnix: number): Promise<string> {
  if (question.shape === 'by-id') return 'this id was never asked for while it was recorded';
  for await (const entry of shelf.upTo(question.key, false, nowUnix))
    return `nearest: the same${sayWindow(entry.question)} at ${rfc3339OfUnix(entry.atUnix)}`;
  for await (const entry of shelf.after(question.key, false, nowUnix))
    return `nearest: the same, first asked at ${rfc3339OfUnix(entry.atUnix)}, after the clock`;
  const asked = partsOf(question.key);
  const alike = shelf
    .keys()
    .map(partsOf)
    .filter((parts) => parts.component === asked.component && parts.path === asked.path);
  const own = alike.filter((parts) => parts.tenant === asked.tenant);
  const best = closest(own, asked.key) ?? closest(alike, asked.key);
  if (best) return `nearest: ${sayQuestion(best.key)}`;
  const others = shelf
    .keys()
    .map(partsOf)
    .filter((parts) => parts.component === asked.component);
  const found = closest(others, asked.key);
  return found ? `nearest: ${sayQuestion(found.key)}` : `nothing was asked of ${asked.component} while it was recorded`;
}

function sayWindow(question: TapeQuestion): string {
  if (question.endUnix === undefined || question.startUnix === undefined || question.startUnix === question.endUnix)
    return '';
  const step = question.stepSeconds === undefined ? '' : ` every ${question.stepSeconds} s`;
  return ` over ${Math.round(question.endUnix - question.startUnix)} s${step}`;
}

interface Parts {
  readonly key: string;
  readonly component: unknown;
  readonly path: unknown;
  readonly tenant: unknown;
}

/** Keys of entries that answer only who asks exactly so are no JSON: they are like nothing. */
function partsOf(key: string): Parts {
  const parts: unknown = key.startsWith('[') ? JSON.parse(key) : [];
  return Array.isArray(parts)
    ? { key, component: parts[0], path: parts[3], tenant: parts[6] }
    : { key, component: '', path: '', tenant: '' };
}

/** The one that agrees longest from both ends. */
function closest(candidates: readonly Parts[], key: string): Parts | undefined {
  const scored = candidates.map((parts) => ({ parts, agrees: agreement(parts.key, key) }));
  return scored.sort((left, right) => right.agrees - left.agrees)[0]?.parts;
}

function agreement(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let start = 0;
  while (start < most && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < most - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  return start + end;
}
