import type { HarEntry } from '../src/tape/entry.ts';
import type { Kept } from './cut-read.ts';

/** Seconds after the start: the first and the last round, where the demo opens, and how far apart rounds are. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly every: number;
}

/** Exchanges about one trace, and how much they are wanted: 0 is what the screens show where the demo opens. */
export interface Wanted {
  readonly kept: Kept;
  readonly rank: number;
}

export interface Chosen {
  readonly asked: readonly Kept[];
  readonly ids: readonly Wanted[];
}

/** Rounds may be late by so much. */
const LATE_SHARE = 0.25;
/** Seconds around the demo's opening in which also what is seldom asked has every round. */
const CLOSE: readonly [before: number, after: number] = [70, 60];
const EXEMPLARS_SHOWN = 10;
/** Of rounds far from the opening first where the cursor stands, and the next ones if that was sampled away. */
const SHOWN_FIRST = 3;
/** All others come after those of every round. */
const SHOWN_LATER = 100;
/** Asked while it was recorded, of a round that is left out: where there is room. */
const SHOWN_NOWHERE = 200;

/** What the demo holds of all that was recorded. */
export function chosenOf(kept: readonly Kept[], span: Span): Chosen {
  const asked = askedOf(kept, span);
  const ranks = tracesShown(asked, span);
  return {
    asked,
    ids: changed(
      kept.filter(({ trace }) => trace !== undefined),
      span,
    ).map((one) => ({ kept: one, rank: ranks.get(`${one.head.tenant} ${one.trace}`) ?? SHOWN_NOWHERE })),
  };
}

function askedOf(kept: readonly Kept[], span: Span): readonly Kept[] {
  const answered = new Set(kept.filter(isGood).map(wayOf));
  const answeredBefore = new Set(kept.filter((one) => isGood(one) && one.second <= span.to).map(wayOf));
  const possible = kept.filter((one) => {
    const exists = one.head.question.shape === 'exists';
    if (one.trace !== undefined) return false;
    // What one way in does not route (404) and another answers is answered.
    if (exists && one.entry.response.status === 404 && answered.has(wayOf(one))) return false;
    // Of what comes after, only what exists and was not asked before; of what came before, only what exists, and the
    // answers that stand when the first round begins.
    return one.second > span.to
      ? exists && !answeredBefore.has(wayOf(one))
      : exists || one.second >= span.from - span.every;
  });
  const chosen = [...Map.groupBy(possible, questionIn).values()].flatMap((same) => oneARound(same, span));
  return chosen.sort((left, right) => left.second - right.second);
}

const isGood = ({ entry }: Kept): boolean => entry.response.status === 200;

const wayOf = ({ head, entry }: Kept): string =>
  `${head.component} ${head.tenant} ${new URL(entry.request.url, 'http://x').pathname}`;

/** The same question over the same length of time. Pieces of a watch or a tail belong to each other. */
function questionIn({ key, head, entry }: Kept): string {
  const { startUnix, endUnix, stepSeconds } = head.question;
  const seconds = startUnix === undefined || endUnix === undefined ? '' : Math.round(endUnix - startUnix);
  return `${key} ${seconds} ${stepSeconds} ${entry._frames ? `${entry._stream} ${entry.startedDateTime}` : ''}`;
}

/**
 * One answer a round, counted from the one that stands where the demo opens: the screens there are what they were. Of what
 * exists only what is new, and once in a while what is not.
 */
function oneARound(same: readonly Kept[], span: Span): readonly Kept[] {
  const [first] = same;
  if (first === undefined || first.entry._frames) return same.filter(({ second }) => isClose(second, span));
  const rounds = roundsBetween(first);
  if (rounds === undefined) return same.filter(({ second }) => isClose(second, span));
  const chosen: Kept[] = [];
  const apart = (left: Kept, right: Kept): boolean => {
    const wanted = span.every * (isClose(left.second, span) ? Math.min(rounds, CLOSE_ROUNDS) : rounds);
    return Math.abs(left.second - right.second) >= wanted * (1 - LATE_SHARE);
  };
  const cut = same.findLastIndex(({ second }) => second <= span.at);
  for (const one of same.slice(0, cut + 1).reverse()) {
    const last = chosen.at(-1);
    if (last === undefined || apart(one, last)) chosen.push(one);
  }
  let last = chosen[0];
  for (const one of same.slice(cut + 1)) {
    if (last !== undefined && !apart(one, last)) continue;
    chosen.push(one);
    last = one;
  }
  return chosen;
}

const CLOSE_ROUNDS = 1;

const isClose = (second: number, { at }: Span): boolean => second >= at - CLOSE[0] && second <= at + CLOSE[1];

/** Screens behind the first ones; undefined: only where the demo opens. */
const SELDOM: readonly (readonly [pattern: RegExp, rounds: number | undefined])[] = [
  [/\/loki\/api\/v1\/series/, 10],
  [/\/api\/v1\/metadata/, 10],
  [/\/label\/__name__\/values/, 10],
  [/\/query_range\?.*direction=forward/, undefined],
  [/\/query_range\?.*\bpod%3D/, undefined],
];

const roundsBetween = ({ head, entry }: Kept): number | undefined => {
  const found = SELDOM.find(([pattern]) => pattern.test(entry.request.url));
  if (found) return found[1];
  return head.question.shape === 'exists' || head.exact ? 2 : 1;
};

/** Answers about one trace of which each says something new, and of those that say the same also the newest. */
function changed(kept: readonly Kept[], { at }: Span): readonly Kept[] {
  const first = new Map<string, Kept>();
  const newest = new Map<string, Kept>();
  for (const one of kept) {
    const said = `${one.key} ${one.entry.response.content.text}`;
    if (!first.has(said)) first.set(said, one);
    if (one.second <= at) newest.set(said, one);
  }
  const wanted = new Set([...first.values(), ...newest.values()]);
  return kept.filter((one) => wanted.has(one));
}

/** Traces that the screens name, by how much they are wanted: the worst and newest exemplars, and what searches found. */
function tracesShown(asked: readonly Kept[], span: Span): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  for (const { head, entry, second } of asked) {
    const minutes = isClose(second, span) ? 0 : 1 + Math.floor(Math.abs(second - span.at) / 60);
    for (const [index, id] of idsIn(entry).entries()) {
      const rank = minutes + (minutes > 0 && index >= SHOWN_FIRST ? SHOWN_LATER : 0);
      const trace = `${head.tenant} ${id.toLowerCase().padStart(32, '0')}`;
      ranks.set(trace, Math.min(rank, ranks.get(trace) ?? Number.POSITIVE_INFINITY));
    }
  }
  return ranks;
}

/** Those that the cursor stands on come first. */
function idsIn({ request, response }: HarEntry): readonly string[] {
  const { text } = response.content;
  if (request.url.includes('/query_exemplars')) return exemplarsIn(text);
  if (!request.url.includes('/api/search')) return [];
  const answer: { traces?: { traceID: string }[] } = JSON.parse(text || '{}');
  return (answer.traces ?? []).map(({ traceID }) => traceID);
}

function exemplarsIn(text: string): readonly string[] {
  const answer: { data?: { exemplars: { labels: Record<string, string>; value: string; timestamp: number }[] }[] } =
    JSON.parse(text || '{}');
  const all = (answer.data ?? []).flatMap(({ exemplars }) => exemplars);
  const by = (order: (one: (typeof all)[number]) => number) =>
    all.toSorted((left, right) => order(right) - order(left)).slice(0, EXEMPLARS_SHOWN);
  return [...by(({ value }) => Number(value)), ...by(({ timestamp }) => timestamp)].map(
    ({ labels }) => labels.trace_id ?? labels.traceID ?? labels.traceId ?? '',
  );
}
