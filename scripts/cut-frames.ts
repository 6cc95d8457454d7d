import type { HarEntry } from '../src/tape/entry.ts';
import type { Chosen, Span } from './cut-choose.ts';
import type { Kept } from './cut-read.ts';

/** What is packed as one frame. */
export interface Group {
  readonly name: string;
  readonly entries: readonly HarEntry[];
  /** It may be left out where it does not fit. */
  readonly mayLack?: { readonly bytesAbout: number };
}

/** A frame of traces is unpacked for each of them: it must stay small. */
const CHARACTERS_MAX: Readonly<Record<string, number>> = { ids: 3_000_000, lines: 12_000_000 };
/** What traces pack to, at most. */
const PACKED_SHARE = 0.05;

/** What repeats itself stands together; what the first screen asks stands apart, as it is where the demo opens. */
export function framesOf({ asked, ids }: Chosen, span: Span): readonly Group[] {
  const opening = openingOf(asked, span);
  const grouped = Map.groupBy(asked, (one) => groupOf(one, opening, span));
  const wanted = ids.toSorted((left, right) => left.rank - right.rank || left.kept.second - right.kept.second);
  const traces = Map.groupBy(wanted, ({ kept, rank }) => `ids ${rank} ${kept.head.tenant}`);
  return [
    ...[...grouped].flatMap(([name, kept]) => partsOf(name, kept)),
    ...[...traces].flatMap(([name, some]) =>
      partsOf(
        name,
        some.map(({ kept }) => kept),
      ),
    ),
  ];
}

/** The answers that stand when the clock is where the demo opens. */
function openingOf(asked: readonly Kept[], { at }: Span): ReadonlySet<Kept> {
  const newest = new Map<string, Kept>();
  for (const one of asked) if (one.second <= at) newest.set(one.key, one);
  return new Set(newest.values());
}

function groupOf(one: Kept, opening: ReadonlySet<Kept>, { at }: Span): string {
  const kind = kindOf(one);
  const when = opening.has(one) ? 'at the opening' : one.second <= at ? 'before' : 'after';
  return kind === 'pulse' || kind === 'exemplars' ? `${kind} ${when} ${one.head.tenant}` : kind;
}

/** What packs well together. */
function kindOf({ head, entry }: Kept): string {
  const { question, component, tenant, exact } = head;
  if (entry._frames) return `followed ${component}`;
  if (exact) return 'nobody';
  if (component.startsWith('kubernetes/')) return `clusters ${component}`;
  if (component.startsWith('agent/')) return 'agents';
  if (/\/loki\/api\/v1\/series/.test(entry.request.url)) return `streams ${tenant}`;
  if (question.shape === 'exists') return `exists ${tenant}`;
  if (/\/query_exemplars/.test(entry.request.url)) return 'exemplars';
  if (/\/api\/search/.test(entry.request.url)) return `searches ${tenant}`;
  if (/\/loki\/api\/v1\/query_range/.test(entry.request.url)) return `lines ${tenant}`;
  if (/\/cardinality\//.test(entry.request.url)) return `series ${tenant}`;
  return component === 'mimir' ? 'pulse' : `more ${component.split('/')[0]}`;
}

function partsOf(name: string, kept: readonly Kept[]): readonly Group[] {
  const most = CHARACTERS_MAX[name.split(' ')[0] ?? ''] ?? Number.POSITIVE_INFINITY;
  const parts: Kept[][] = [[]];
  let size = 0;
  for (const one of kept) {
    const { length } = one.entry.response.content.text;
    if (size > 0 && size + length > most) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(one);
    size += length;
  }
  return parts.map((part, index) => ({
    name: parts.length > 1 ? `${name} ${index}` : name,
    entries: part.map(({ entry }) => entry),
    ...(/^ids [1-9]/.test(name) ? { mayLack: { bytesAbout: PACKED_SHARE * charactersOf(part) } } : {}),
  }));
}

const charactersOf = (kept: readonly Kept[]): number =>
  kept.reduce((sum, { entry }) => sum + entry.response.content.text.length + 300, 0);
