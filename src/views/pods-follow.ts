import type { Kubernetes } from '../clients/clients.ts';
import { keyOf, type PodCells } from '../domain/kube.ts';
import { pause } from '../domain/pause.ts';
import type { Loaded, Result } from '../domain/result.ts';
import { clustersOf, merged, type Part, together } from './cluster-rows.ts';
import { type Ends, makeEnds } from './pods-ends.ts';
import { type Context, learn, type PodRow, placesOf, rowsOf, sayNone } from './pods-load.ts';
import type { LoadInput, Params } from './view.ts';

/** A pod that went stays on the screen so long: its logs are what is wanted then. */
const GONE_SECONDS = 900;
/** Ages are told again after so long. */
const FRESH_SECONDS = 30;
/** Until a cluster in which nobody answered is tried again. */
const AGAIN_MS = 10_000;

/** By watch, for as long as it is looked at. */
export const followPods = (input: LoadInput): AsyncIterable<Loaded<PodRow>> =>
  merged(
    clustersOf(input).map((cluster) => followCluster(input, cluster)),
    () => sayNone(input),
    { complete: true },
  );

async function* followCluster(input: LoadInput, cluster: Kubernetes): AsyncGenerator<Part<PodRow>> {
  let [context, places] = await Promise.all([learn(input, cluster), placesOf(input, cluster)]);
  while (context.silent && !input.signal.aborted) {
    yield { key: cluster.context, rows: [], gaps: context.gaps };
    await pause(AGAIN_MS, input.signal);
    [context, places] = await Promise.all([learn(input, cluster), placesOf(input, cluster)]);
  }
  const gone = makeGone();
  const parts = places.map((namespace) => followPlace(input, cluster, namespace, context, gone));
  for await (const { rows, gaps } of merged(parts, () => '')) {
    yield { key: cluster.context, rows, gaps: [...context.gaps, ...gaps] };
  }
}

/** A picture again whenever the table changed, or a pod that restarted said how it had ended. */
async function* followPlace(
  input: LoadInput,
  cluster: Kubernetes,
  namespace: string | undefined,
  context: Context,
  gone: Gone,
): AsyncGenerator<Part<PodRow>> {
  const made = new WeakMap<PodCells, PodRow>();
  const ends = makeEnds(cluster, context.seen, input.signal);
  const news = together<Pictured | ReadonlySet<string>>([
    cluster.follow('podCells', namespace, input.signal),
    ends.arrivals(),
  ]);
  const key = namespace ?? '';
  let last: Seen | undefined;
  let rows: readonly PodRow[] = [];
  for await (const each of news) {
    if ('ok' in each && !each.ok) yield { key, rows, gaps: [each.fault] };
    else {
      last = 'ok' in each ? each : unmade(last, each, made);
      if (last === undefined) continue;
      rows = gone.with(key, pictureRows(input.params, cluster, last, context, made, ends), last.origin.atUnix);
      yield { key, rows, gaps: last.gaps };
    }
  }
}

type Pictured = Result<readonly PodCells[]>;
type Seen = Extract<Pictured, { ok: true }>;

/** The same picture, in which the rows of these pods are to be made anew. */
function unmade(last: Seen | undefined, keys: ReadonlySet<string>, made: WeakMap<PodCells, PodRow>): Seen | undefined {
  for (const cells of last?.value ?? []) if (keys.has(keyOf(cells))) made.delete(cells);
  return last;
}

/** A pod that did not change keeps its row: of thousands, a burst touches a few. */
function pictureRows(
  params: Params,
  cluster: Kubernetes,
  picture: Seen,
  context: Context,
  made: WeakMap<PodCells, PodRow>,
  ends: Ends,
): readonly PodRow[] {
  const rows: PodRow[] = [];
  for (const cells of picture.value) {
    const before = made.get(cells);
    // One that stands for long is older than it was.
    const known = before && picture.origin.atUnix - before.origin.atUnix < FRESH_SECONDS ? before : undefined;
    const row = known ?? rowsOf(params, cluster, [cells], picture.origin, context)[0];
    if (row === undefined) continue;
    if (known === undefined) {
      made.set(cells, row);
      if (before === undefined && row.component !== undefined) ends.note(cells);
    }
    rows.push(row);
  }
  return rows;
}

interface Gone {
  /** These rows, and behind them those that were there a while ago. */
  with(key: string, rows: readonly PodRow[], atUnix: number): readonly PodRow[];
}

function makeGone(): Gone {
  const before = new Map<string, { readonly rows: readonly PodRow[]; readonly gone: readonly PodRow[] }>();
  return {
    with(key, rows, atUnix) {
      const last = before.get(key) ?? { rows: [], gone: [] };
      const gone = last.gone.length === 0 && sameOrder(last.rows, rows) ? last.gone : goneOf(last, rows, atUnix);
      before.set(key, { rows, gone });
      return gone.length === 0 ? rows : [...rows, ...gone];
    },
  };
}

/** Nothing went: each row stands where it stood. What is new stands at the end. */
const sameOrder = (last: readonly PodRow[], rows: readonly PodRow[]): boolean =>
  last.length <= rows.length && last.every((row, at) => row === rows[at] || row.id === rows[at]?.id);

function goneOf(
  last: { readonly rows: readonly PodRow[]; readonly gone: readonly PodRow[] },
  rows: readonly PodRow[],
  atUnix: number,
): readonly PodRow[] {
  const now = new Set(rows.map(({ id }) => id));
  const missing = last.rows.filter(({ id }) => !now.has(id));
  const fresh = missing.map((row) => ({
    ...row,
    gone: true,
    ready: 0,
    status: 'Gone',
    origin: { ...row.origin, atUnix },
  }));
  return [...last.gone.filter(({ id, origin }) => !now.has(id) && atUnix - origin.atUnix <= GONE_SECONDS), ...fresh];
}
