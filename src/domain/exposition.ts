import type { Labels } from './series.ts';

/** One line of a `/metrics` answer. `atUnix` only where the exporter gave a time of its own (Unix seconds). */
export interface MetricSample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
  readonly atUnix?: number;
}

/** What could be read of a `/metrics` answer, and what could not. */
export interface Exposition {
  readonly samples: readonly MetricSample[];
  /** Wanted lines that are no samples; they are left out. */
  readonly brokenLines: number;
  /** The answer ends within a line: whatever should follow is missing. */
  readonly cutOff: boolean;
}

/** Names to read: those that begin so. What is not wanted is passed over before it is parsed, for a body has 70 kB. */
export type Wanted = readonly string[];

/**
 * Label texts that were read before. Most lines of one queue carry the same labels word for word, and so do the same
 * queues of thousands of agents: whoever reads many answers may keep it.
 */
export type LabelTexts = Map<string, Labels>;

const NEWLINE = 10;
const SPACE = 32;
const HASH = 35;
const BRACE = 123;
const NO_LABELS: Labels = {};

/**
 * Read Prometheus' text format and OpenMetrics alike.
 *
 * Units:  exporters' own times become Unix seconds (the text format writes milliseconds, OpenMetrics seconds).
 * Fails:  never: a broken line is counted and left out, a cut-off end is said.
 * Source: prometheus/docs exposition_formats.md; OpenMetrics 1.0, 4.1; names in quotes: Prometheus' UTF-8 proposal.
 */
export function parseExposition(text: string, wanted: Wanted, seen: LabelTexts = new Map()): Exposition {
  const samples: MetricSample[] = [];
  const isWanted = wantedBy(wanted);
  let brokenLines = 0;
  let start = 0;
  let cutOff = false;
  while (start < text.length) {
    let end = text.indexOf('\n', start);
    // A whole answer ends with a newline, or with OpenMetrics' own end.
    if (end < 0) {
      end = text.length;
      cutOff = !text.startsWith('# EOF', start);
      if (cutOff) break;
    }
    if (text.charCodeAt(start) !== HASH && isWanted(text, start)) {
      const sample = parseLine(text, start, end, seen);
      if (sample) samples.push(sample);
      else brokenLines += 1;
    }
    start = end + 1;
  }
  return { samples, brokenLines, cutOff };
}

/** Does a wanted name begin here? The first letter decides for almost every line. */
function wantedBy(wanted: Wanted): (text: string, start: number) => boolean {
  const byFirst = new Map<number, string[]>();
  for (const prefix of wanted) {
    const first = prefix.charCodeAt(0);
    byFirst.set(first, [...(byFirst.get(first) ?? []), prefix]);
  }
  return (text, start) => {
    const code = text.charCodeAt(start);
    // The name may stand quoted inside the braces.
    if (code === BRACE) return wanted.some((prefix) => text.startsWith(prefix, start + 2));
    const prefixes = byFirst.get(code);
    if (prefixes === undefined) return false;
    for (const prefix of prefixes) if (text.startsWith(prefix, start)) return true;
    return false;
  };
}

function parseLine(text: string, start: number, end: number, seen: LabelTexts): MetricSample | undefined {
  let at = start;
  while (at < end && isNameCode(text.charCodeAt(at))) at += 1;
  const name = text.slice(start, at);
  while (text.charCodeAt(at) === SPACE && text.charCodeAt(at + 1) === BRACE) at += 1;
  if (text.charCodeAt(at) !== BRACE) return name === '' ? undefined : withValue(name, NO_LABELS, text, at, end);
  const close = closingBrace(text, at, end);
  const labels = close < 0 ? undefined : labelsOf(text.slice(at + 1, close), seen);
  if (labels === undefined) return undefined;
  if (name !== '') return withValue(name, labels, text, close + 1, end);
  const inside = nameInside(labels);
  return inside.name === '' ? undefined : withValue(inside.name, inside.labels, text, close + 1, end);
}

function labelsOf(inside: string, seen: LabelTexts): Labels | undefined {
  const known = seen.get(inside);
  if (known !== undefined) return known;
  const labels = parseLabels(inside);
  if (labels !== undefined) seen.set(inside, labels);
  return labels;
}

/** What stands behind name and labels: almost always one number and nothing else. */
function withValue(name: string, labels: Labels, text: string, from: number, end: number): MetricSample | undefined {
  if (text.charCodeAt(from) === SPACE && isDigit(text.charCodeAt(from + 1)) && !isLetter(text.charCodeAt(from + 2))) {
    const value = Number(text.slice(from + 1, end));
    if (!Number.isNaN(value)) return { name, labels, value };
  }
  return withMore(name, labels, text.slice(from, end));
}

/** `value`, `value time`, and OpenMetrics' exemplar behind ` # `. */
function withMore(name: string, labels: Labels, rest: string): MetricSample | undefined {
  const mark = rest.indexOf(' # ');
  const words = (mark < 0 ? rest : rest.slice(0, mark)).trim();
  const gap = words.indexOf(' ');
  const value = numberFrom(gap < 0 ? words : words.slice(0, gap));
  if (value === undefined) return undefined;
  if (gap < 0) return { name, labels, value };
  const time = numberFrom(words.slice(gap + 1).trim());
  if (time === undefined) return undefined;
  return { name, labels, value, atUnix: Math.abs(time) >= 1e11 ? time / 1000 : time };
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** As in `0x10`, which Go's numbers may not be here. */
const isLetter = (code: number): boolean => code > 57;

/** Letters, digits, `_`, `:`; UTF-8 names stand in quotes. */
const isNameCode = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 58;

/** The brace that closes a label list: one inside quotes does not. */
function closingBrace(text: string, open: number, end: number): number {
  // Almost always the first brace behind a quote: but not where that quote opens a value, or is escaped.
  const likely = text.indexOf('"} ', open);
  const before = text.charCodeAt(likely - 1);
  if (likely > 0 && likely < end && before !== 92 && before !== 61 && text.charCodeAt(open + 1) !== 125)
    return likely + 1;
  let quoted = false;
  for (let at = open + 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) quoted = !quoted;
    else if (code === 92 && quoted) at += 1;
    else if (code === 125 && !quoted) return at;
    else if (code === NEWLINE) return -1;
  }
  return -1;
}

/** Marks the quoted metric name among the labels: no label can be called so. */
const NAME_KEY = '';

const LABEL = /\s*(?:([a-zA-Z_][a-zA-Z0-9_]*)|"((?:[^"\\]|\\.)*)")\s*(?:=\s*"((?:[^"\\]|\\.)*)"\s*)?(,|$)/y;

function parseLabels(inside: string): Labels | undefined {
  const pairs: [string, string][] = [];
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inside.length) {
    const found = LABEL.exec(inside);
    if (found === null) return inside.trim() === '' ? NO_LABELS : undefined;
    const [, bare, quoted, value] = found;
    if (value === undefined) {
      // Only the metric's name stands without a value, and only in quotes.
      if (quoted === undefined) return undefined;
      pairs.push([NAME_KEY, unescaped(quoted)]);
    } else pairs.push([bare ?? unescaped(quoted ?? ''), unescaped(value)]);
  }
  // fromEntries, for a label may be called `__proto__`.
  return Object.fromEntries(pairs);
}

function nameInside(labels: Labels): { name: string; labels: Labels } {
  const { [NAME_KEY]: name = '', ...rest } = labels;
  return { name, labels: rest };
}

const unescaped = (text: string): string =>
  text.includes('\\') ? text.replace(/\\(.)/g, (_all, code: string) => (code === 'n' ? '\n' : code)) : text;

/** A number as Go writes it. Number() would read `''` as 0 and knows no `+Inf`. */
function numberFrom(word: string): number | undefined {
  if (word === '') return undefined;
  const value = Number(word);
  if (!Number.isNaN(value)) return /^[-+]?(\d|\.\d)/.test(word) && !/^[-+]?0[xob]/i.test(word) ? value : infinite(word);
  return /^nan$/i.test(word) ? Number.NaN : infinite(word);
}

function infinite(word: string): number | undefined {
  const found = /^([-+]?)inf(inity)?$/i.exec(word);
  if (found === null) return undefined;
  return found[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
