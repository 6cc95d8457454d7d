import type { RingSettings } from './ring-config.ts';
import type { ComponentSpread } from './spread-model.ts';

/** Why nobody can tell what a component loses, in a sentence. */
export function sayUnknown({ view, unsharded, usedByNobody, replicas }: ComponentSpread): string {
  if (view.ring === undefined) return `the ring could not be read: ${view.because}`;
  if (usedByNobody && unsharded !== undefined) return unsharded;
  return isZoneless(view.settings, replicas)
    ? 'whether copies are kept apart by zone is not known: what is lost cannot be told'
    : 'the replication factor is not known: what is lost cannot be told';
}

/** Several zones, and nobody says whether they matter: the two answers differ by whole zones. */
export const isZoneless = (
  { zoneAware, replicationFactor }: RingSettings,
  replicas: ComponentSpread['replicas'],
): boolean =>
  zoneAware === undefined &&
  replicationFactor !== undefined &&
  new Set(replicas.flatMap(({ member }) => (member ? [member.zone] : []))).size > 1;
