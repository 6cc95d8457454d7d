import type { Agent } from './fleet.ts';
import type { Queue } from './queues.ts';
import type { Sight } from './queues-sight.ts';

/**
 * The same queue as Mimir holds it. Pods of one name in many clusters are told apart by cluster label, tenant and namespace;
 * `rivals` are the other agents of that name: what one of them has the better claim to is not this agent's.
 */
export function matchIn(
  sights: readonly Sight[],
  agent: Agent,
  queue: Queue,
  rivals: readonly Agent[] = [],
): Sight | undefined {
  const own = ownAmong(sights, agent, queue, rivals);
  if (own.length < 2) return own[0];
  const best = Math.max(...own.map((sight) => claimOf(agent, sight)));
  const found = own.filter((sight) => claimOf(agent, sight) === best);
  // By namespace alone one of several is no more its own than another.
  return best >= NAMED || (best > 0 && found.length === 1) ? found[0] : undefined;
}

/** Does Mimir hold something that may be this queue, though perhaps nobody can tell which it is? */
export const mayBeAmong = (
  sights: readonly Sight[],
  agent: Agent,
  queue: Queue,
  rivals: readonly Agent[] = [],
): boolean => ownAmong(sights, agent, queue, rivals).length > 0;

function ownAmong(sights: readonly Sight[], agent: Agent, queue: Queue, rivals: readonly Agent[]): readonly Sight[] {
  const address = agent.ip === undefined ? undefined : `${agent.ip}:${agent.port}`;
  const same = sights.filter(
    (sight) => (sight.agent === agent.pod || sight.agent === address) && sight.queue.id === queue.id,
  );
  return rivals.length === 0
    ? same
    : same.filter((sight) => rivals.every((rival) => claimOf(rival, sight) <= claimOf(agent, sight)));
}

/** The cluster's label or the tenant names it. */
const NAMED = 2;

function claimOf(
  { context, alsoKnownAs, namespace }: Agent,
  { cluster, tenant = '', namespace: where }: Sight,
): number {
  const named = [context, ...alsoKnownAs].some((name) => name === cluster || name === tenant);
  return (named ? NAMED : 0) + (where !== '' && where === namespace ? 1 : 0);
}
