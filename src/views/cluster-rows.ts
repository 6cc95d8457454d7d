import type { Kubernetes } from '../clients/clients.ts';
import type { KubeObject } from '../domain/kube.ts';
import type { Fault, Loaded, Origin } from '../domain/result.ts';
import { becauseOfGaps, makeGaps } from './arrival.ts';
import type { LoadInput, Params } from './view.ts';

/** The clusters a frame is about: one that it names, else all. */
export const clustersOf = ({ clients, params }: LoadInput): readonly Kubernetes[] =>
  params.cluster === undefined
    ? clients.clusters
    : clients.contexts.filter(({ name }) => name === params.cluster).map(({ cluster }) => cluster);

/** What one source knows now; a source is a cluster, or one namespace of it. */
export interface Part<Row> {
  readonly key: string;
  readonly rows: readonly Row[];
  readonly gaps: readonly Fault[];
}

/** The newest picture of each part as one, whichever part it came from. Parts that have failed keep what they had. */
export async function* merged<Row>(
  parts: readonly AsyncIterable<Part<Row>>[],
  because: () => string,
  first?: { readonly complete: boolean },
): AsyncGenerator<Loaded<Row>> {
  const known = new Map<string, Part<Row>>();
  for await (const part of together(parts)) {
    known.set(part.key, part);
    yield pictureOf([...known.values()], first?.complete ?? false);
  }
  const last = pictureOf([...known.values()], true);
  if (last.rows.length > 0) yield last;
  // Nothing seen because nothing could be asked is not nothing there.
  else
    yield { ...last, because: last.gaps.length > 0 ? becauseOfGaps('it could not be listed', last.gaps) : because() };
}

function pictureOf<Row>(parts: readonly Part<Row>[], complete: boolean): Loaded<Row> {
  const gaps = makeGaps();
  for (const part of parts) for (const gap of part.gaps) gaps.note(gap);
  return { rows: parts.flatMap(({ rows }) => rows), gaps: gaps.list, complete };
}

/** Several that keep coming, as one. Ends when all have ended. */
export async function* together<T>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const next = (at: number) => iterators[at]?.next().then((step) => ({ at, step }));
  const waiting = new Map(iterators.map((_, at) => [at, next(at)]));
  while (waiting.size > 0) {
    const told = await Promise.race(waiting.values());
    if (!told) return;
    if (told.step.done) waiting.delete(told.at);
    else {
      waiting.set(told.at, next(told.at));
      yield told.step.value;
    }
  }
}

/** Nobody answered in a cluster: to ask it more would only be waited for again. */
export const isSilent = ({ origin, gaps }: Awaited<ReturnType<Kubernetes['survey']>>): boolean =>
  origin === undefined && gaps.length > 0 && gaps.every(({ kind }) => kind !== 'forbidden');

/** Namespaces in which the stack stands; where that is not known, those one may look into. */
export async function stackNamespaces(cluster: Kubernetes, params: Params): Promise<readonly string[]> {
  if (params.namespace !== undefined) return [params.namespace];
  const { inventory } = await cluster.survey();
  const found = new Set(inventory.pods.map(({ namespace }) => namespace));
  return found.size > 0 ? [...found] : cluster.namespaces;
}

/** Seconds since an object was made, at the time of the answer. */
export const ageOf = ({ createdUnix }: KubeObject, origin: Origin): number | undefined =>
  createdUnix === undefined ? undefined : Math.max(0, origin.atUnix - createdUnix);

export const sayNoCluster = 'no cluster was chosen: --context, or a kubeconfig with a current context';
