import { isAloneOnNode, usableNodes } from './affinity.ts';
import { finding, type Judged, nameOf, names, namesOf } from './finding.ts';
import { shortNode } from './node-name.ts';
import { ownerOf } from './partitions.ts';
import type { Replica } from './placement.ts';
import type { Verdict } from './result.ts';
import type { ClusterView, Finding } from './spread-model.ts';
import { ofStorage } from './spread-storage.ts';

/** Everything that is wrong with a component's spread. Unknown comes before a warning here: it hides worse. */
export function judgeSpread(spread: Judged, cluster: ClusterView, nowUnix: number): readonly Finding[] {
  return [
    ...ofRing(spread),
    ...ofMembers(spread, cluster),
    ...ofPlace(spread, cluster),
    ...ofLast(spread),
    ...ofBudget(spread),
    ...ofRoom(spread, cluster),
    ...ofPriority(spread, cluster),
    ...ofStorage(spread, nowUnix),
  ];
}

const matters = ({ use, partitions }: Judged['component']): boolean => use !== undefined || partitions !== undefined;

/** What the ring itself does not tell. */
function ofRing({ component, view, mode, replicas }: Judged): Finding[] {
  const found: Finding[] = [];
  // Where keys are not placed by its ring, its pods tell enough.
  if (matters(component) && view.ring === undefined)
    return [
      finding('unknown', 'ring-unknown', `the ring could not be read: ${view.because}`, '@ shows what was asked'),
    ];
  if (component.use !== undefined && mode === 'classic') {
    const bare = replicas.filter(({ member }) => member && member.tokens.length === 0);
    if (bare.length > 0)
      found.push(finding('unknown', 'no-tokens', `${namesOf(bare)} has no tokens in the ring`, 'read its log'));
    found.push(...ofFactor(view.settings.replicationFactor, replicas));
  }
  const owners = view.partitions?.partitions.flatMap(({ owners: ids }) => ids.map(ownerOf)) ?? [];
  const members = new Set(view.ring?.members.map(({ id }) => id));
  const strangers = mode === 'partitions' ? [...new Set(owners)].filter((id) => !members.has(id)) : [];
  if (strangers.length > 0)
    found.push(
      finding(
        'unknown',
        'rings-disagree',
        `${names(strangers)} owns a partition, and is not in the ring of members`,
        'look again in a minute: one of the two rings is old',
      ),
    );
  const odd = replicas.filter(({ member }) => member?.state === 'unknown');
  if (odd.length > 0)
    found.push(finding('unknown', 'state-unknown', `${namesOf(odd)} has a state nobody knows`, 'open the ring page'));
  return found;
}

function ofFactor(replicationFactor: number | undefined, replicas: readonly Replica[]): Finding[] {
  if (replicationFactor === undefined && replicas.length === 1) return []; // It holds everything, whatever was promised.
  if (replicationFactor === undefined)
    return [
      finding(
        'unknown',
        'rf-unknown',
        'the replication factor is not known',
        'the distributors say it in /metrics and /config',
      ),
    ];
  const alive = replicas.filter(({ member, alive: counts }) => member && counts).length;
  if (alive >= replicationFactor) return [];
  return [
    finding(
      'bad',
      'rf-not-met',
      `${alive} replicas count, ${replicationFactor} copies are promised`,
      'bring replicas back',
    ),
  ];
}

/** Members and pods that do not fit together, or do not count. */
function ofMembers({ component, replicas }: Judged, cluster: ClusterView): Finding[] {
  const seen = replicas.some(({ member, pod }) => member && pod);
  const found = replicas.flatMap((replica) => ofReplica(replica, component, seen) ?? []);
  if (seen || !replicas.some(({ member }) => member)) return found;
  const because = cluster.pods === undefined ? 'pods could not be listed' : 'none of its pods is to be seen';
  const said = `${because}: which node each stands on is not known`;
  return [...found, finding('unknown', 'placement-unknown', said, 'give --context of its cluster')];
}

function ofReplica(replica: Replica, component: Judged['component'], seen: boolean): Finding | undefined {
  const { id, member, pod, alive, because } = replica;
  if (because === '') return undefined;
  const said = `${nameOf(replica)}: ${because}`;
  const worse: Verdict = component.holdsData ? 'bad' : 'warn';
  if (!member)
    return component.ring
      ? finding('warn', 'pod-without-member', said, 'its log says why it does not join')
      : undefined;
  if (alive) return finding('warn', 'odd', said, 'look again in a minute');
  if (pod || !seen) return finding(worse, 'not-counted', said, 'l: its logs; p: its pod');
  const cause = member.state === 'ACTIVE' ? 'member-without-pod' : 'un-forgotten';
  return finding(
    worse,
    cause,
    said,
    `if it is gone for good: POST forget=${id} on the ring page (never sent from here)`,
  );
}

function ofPlace({ component, replicas, coLocated, rule, view }: Judged, cluster: ClusterView): Finding[] {
  const found: Finding[] = [];
  const zoneOf = (id: string): string | undefined => replicas.find((replica) => replica.id === id)?.member?.zone;
  // With zone awareness a node may hold several of one zone: the zone is what is lost, once.
  const bad = coLocated.filter((ids) => view.settings.zoneAware !== true || new Set(ids.map(zoneOf)).size > 1);
  for (const ids of bad) {
    const node = shortNode(replicas.find(({ id }) => id === ids[0])?.node ?? '');
    const because = `${namesOf(replicas.filter(({ id }) => ids.includes(id)))} share ${node}${rule.effective === 'yes' ? ', although the rule is required' : `: ${rule.because}`}`;
    found.push(
      finding(
        component.holdsData ? 'bad' : 'warn',
        'co-located',
        because,
        'make the anti-affinity required, then move one',
      ),
    );
  }
  if (
    bad.length === 0 &&
    component.holdsData &&
    replicas.length > 1 &&
    rule.effective !== 'yes' &&
    rule.effective !== 'unknown'
  )
    found.push(finding('warn', 'rule-weak', rule.because, 'make the anti-affinity required, by hostname'));
  // Without pods nothing is declared, and that is said elsewhere.
  if (rule.effective === 'unknown' && rule.declared !== 'unknown' && component.holdsData && replicas.length > 1)
    found.push(finding('unknown', 'rule-unknown', rule.because, 'lgtm-tui rbac prints what is needed'));
  const nodes = new Set(cluster.nodes?.map(({ name }) => name));
  const lost = replicas.filter(({ node }) => cluster.nodes && node !== undefined && !nodes.has(node));
  if (lost.length > 0)
    found.push(
      finding(
        'unknown',
        'node-unknown',
        `${namesOf(lost)} stands on ${lost[0]?.node ?? '?'}, which the API does not know`,
        'kubectl get nodes',
      ),
    );
  const zones = new Set(replicas.map(({ zone }) => zone));
  if (component.holdsData && replicas.length > 2 && zones.size === 1 && !zones.has(undefined))
    found.push(finding('warn', 'one-zone', `all replicas stand in ${[...zones][0] ?? '?'}`, 'spread them over zones'));
  return found;
}

/** Where no ring tells what is lost with a node: all that counts of it stands on one. */
function ofLast({ component, mode, replicas }: Judged): Finding[] {
  const on = new Set(replicas.flatMap(({ alive, pod, node }) => (alive && pod && node !== undefined ? [node] : [])));
  const [only, other] = on;
  if (mode !== 'none' || only === undefined || other !== undefined) return [];
  const because = `all of it stands on ${shortNode(only)}: that node takes it along`;
  return [finding(component.beside ? 'warn' : 'bad', 'last-replica', because, 'a second replica on another node')];
}

function ofBudget({ component, pdb }: Judged): Finding[] {
  const worse: Verdict = component.holdsData ? 'bad' : 'warn';
  switch (pdb.state) {
    case 'missing':
      return [finding(worse, 'pdb-missing', pdb.because, 'add a PDB with maxUnavailable: 1')];
    case 'weak':
      return [finding(worse, 'pdb-weak', pdb.because, 'set maxUnavailable: 1')];
    case 'two':
      return [finding('bad', 'pdb-two', pdb.because, 'delete one of them')];
    case 'blocks':
      return [finding('warn', 'pdb-blocks', pdb.because, 'bring the replicas back before a drain')];
    case 'unknown':
      return [finding('unknown', 'pdb-unknown', pdb.because, 'lgtm-tui rbac prints what is needed')];
    default:
      return [];
  }
}

/** Under a hard rule by node, a replica that must move needs a node that has none. Source: diagnostics.md 3.4. */
function ofRoom({ component, replicas, rule, view }: Judged, { nodes }: ClusterView): Finding[] {
  const alone = replicas.every(({ pod }) => pod && isAloneOnNode(pod.scheduling));
  // With zone awareness those of one zone may share a node.
  if (
    !alone ||
    rule.effective !== 'yes' ||
    view.settings.zoneAware === true ||
    nodes === undefined ||
    replicas.length < 2
  )
    return [];
  const usable = usableNodes(nodes);
  const said = `${usable} nodes take pods, ${replicas.length} replicas must not share one`;
  if (usable < replicas.length)
    return [finding(component.holdsData ? 'bad' : 'warn', 'too-few-nodes', said, 'add a node, or uncordon one')];
  if (usable > replicas.length) return [];
  return [
    finding('warn', 'no-spare-node', `${said}: one that is evicted waits for a node`, 'add a node, or uncordon one'),
  ];
}

function ofPriority({ replicas }: Judged, { priorityClasses }: ClusterView): Finding[] {
  const found: Finding[] = [];
  const without = replicas.filter(
    ({ pod }) => pod && !pod.scheduling.priorityClass && !((pod.scheduling.priority ?? 0) > 0),
  );
  if (without.length > 0) {
    const said = `no priorityClassName on ${namesOf(without)}: other pods may push them out`;
    found.push(finding('warn', 'priority-missing', said, 'set priorityClassName'));
  }
  const named = new Set(replicas.flatMap(({ pod }) => pod?.scheduling.priorityClass ?? []));
  const known = priorityClasses && new Set(priorityClasses.map(({ name }) => name));
  const gone = known ? [...named].filter((name) => !known.has(name)) : [];
  if (gone.length > 0) {
    const said = `priorityClassName ${names(gone)} does not exist: a pod that goes cannot be made anew`;
    found.push(finding('bad', 'priority-unknown', said, 'create the PriorityClass'));
  }
  return found;
}
