import { type Component, discover, type Inventory } from '../domain/discover.ts';
import type { Surveyed } from './clients.ts';
import type { RouteCluster } from './route-cluster.ts';

/** What one cluster holds, as the routes need it. */
export interface Known {
  readonly cluster: RouteCluster;
  readonly inventory: Inventory;
  readonly found: readonly Component[];
  readonly surveyed: Surveyed;
}

/** Where a stack stands changes seldom; when every way fails it is looked for again at once. */
const KNOWN_MS = 120_000;
/** So long a slow cluster keeps those waiting who have found what they wanted in another. */
const GRACE_MS = 1_500;

interface Slot {
  readonly cluster: RouteCluster;
  atMs: number;
  running?: Promise<unknown>;
  known?: Known;
}

/** Looking into the clusters, each on its own: one that hangs does not keep the others' answers. */
export interface Looks {
  /** What is known as soon as it is `enough`, after a moment's grace for the slow; else once all have answered. */
  until(enough: (known: readonly Known[]) => boolean): Promise<readonly Known[]>;
  /** What was known last, whatever has happened since. */
  last(): readonly Known[];
  /** What is known is not to be believed any more. */
  forget(): void;
}

/** Of an old look the answer is taken while a new one is under way. Fails: never; a survey tells its own gaps. */
export function makeLooks(
  clusters: readonly RouteCluster[],
  inNamespace: (found: readonly Component[]) => readonly Component[],
): Looks {
  const slots = clusters.map((cluster): Slot => ({ cluster, atMs: Number.NEGATIVE_INFINITY }));
  const last = new Map<RouteCluster, Known>();

  const begin = (slot: Slot): void => {
    if (slot.running || (slot.known && performance.now() - slot.atMs < KNOWN_MS)) return;
    slot.atMs = performance.now();
    slot.running = slot.cluster.survey().then((surveyed) => {
      const { inventory } = surveyed;
      slot.known = { cluster: slot.cluster, inventory, surveyed, found: inNamespace(discover(inventory)) };
      last.set(slot.cluster, slot.known);
      slot.running = undefined;
    });
  };

  return {
    async until(enough) {
      slots.forEach(begin);
      for (;;) {
        const known = slots.flatMap((slot) => slot.known ?? []);
        const missing = slots.filter((slot) => slot.running && slot.known === undefined);
        if (missing.length === 0) return known;
        const found = enough(known);
        const graceMs = Math.max(...missing.map(({ atMs }) => atMs)) + GRACE_MS - performance.now();
        if (found && graceMs <= 0) return known;
        await Promise.race([...missing.map(({ running }) => running), ...(found ? [after(graceMs)] : [])]);
      }
    },
    last: () => clusters.flatMap((cluster) => last.get(cluster) ?? []),
    forget() {
      for (const slot of slots) slot.known = undefined;
    },
  };
}

/** Without holding the process. */
const after = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
