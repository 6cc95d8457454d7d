import { finding, type Judged, namesOf } from './finding.ts';
import type { Replica } from './placement.ts';
import type { Finding } from './spread-model.ts';
import { formatAge, formatDuration } from './units.ts';

/** What is received stays in memory or on the disk of one pod for so long before it is in the bucket. Source: diagnostics.md 3.3. */
const UNSHIPPED_SECONDS = 3 * 3600;
/** Less is hardly enough to write an hour of data. Source: diagnostics.md 3.4 (heuristic). */
const GRACE_SECONDS_MIN = 300;
/** Source: core/v1 PodSpec. */
const GRACE_DEFAULT_SECONDS = 30;
/** A member that registered this long before its pod came was another pod before: it holds nothing of that time. */
const REGISTERED_BEFORE_SECONDS = 600;

/** What is lost with the pod, because it is nowhere else yet. */
export function ofStorage({ component, replicas, rule, coLocated, view }: Judged, nowUnix: number): Finding[] {
  if (!component.holdsData) return [];
  const bare = replicas.filter(({ pod }) => pod && !pod.scheduling.volumes.some(({ kind }) => kind === 'claim'));
  if (bare.length === 0) return [];
  const apart = rule.effective === 'yes' && coLocated.length === 0 && (view.settings.replicationFactor ?? 0) >= 3;
  const { flushOnShutdown } = view.settings;
  const flush =
    flushOnShutdown === undefined
      ? 'whether it flushes on shutdown is not known'
      : flushOnShutdown
        ? 'it flushes on shutdown'
        : 'it does not flush on shutdown';
  const found: Finding[] = [...ofGrace(replicas, flushOnShutdown)];
  if (!(apart && flushOnShutdown === true) && view.partitions === undefined)
    found.push(
      finding(
        apart || coLocated.length === 0 ? 'warn' : 'bad',
        'wal-emptydir',
        `the WAL is on an emptyDir: what is not shipped goes with the pod, and ${flush}`,
        'a PVC, or flush on shutdown with one replica per node',
      ),
    );
  const amnesiac = bare.filter((replica) => isAmnesiac(replica, nowUnix));
  if (amnesiac.length > 0) found.push(ofAmnesia(amnesiac, nowUnix));
  return found;
}

/** Whoever flushes when it goes needs the time for it: 30 seconds unless the pod says otherwise. */
function ofGrace(replicas: readonly Replica[], flushOnShutdown: boolean | undefined): readonly Finding[] {
  const graces = replicas.flatMap(({ pod }) => (pod ? [pod.scheduling.graceSeconds ?? GRACE_DEFAULT_SECONDS] : []));
  const shortest = Math.min(...graces);
  if (flushOnShutdown !== true || graces.length === 0 || shortest >= GRACE_SECONDS_MIN) return [];
  const said = `it flushes on shutdown, and is killed after ${formatDuration(shortest)}: what is not written by then is lost`;
  return [finding('warn', 'grace-short', said, "terminationGracePeriodSeconds: 1200, as Mimir's chart has it")];
}

/** Only what registered clearly before its pod came: a fresh cluster has nothing to forget. */
function isAmnesiac({ member, pod, alive }: Replica, nowUnix: number): boolean {
  const startedUnix = pod?.startedUnix;
  if (!alive || startedUnix === undefined || member?.registeredUnix === undefined) return false;
  return nowUnix - startedUnix < UNSHIPPED_SECONDS && startedUnix - member.registeredUnix > REGISTERED_BEFORE_SECONDS;
}

function ofAmnesia(amnesiac: readonly Replica[], nowUnix: number): Finding {
  const youngest = Math.max(...amnesiac.map(({ pod }) => pod?.startedUnix ?? 0));
  const waitSeconds = Math.max(60, youngest + UNSHIPPED_SECONDS - nowUnix);
  const ids = namesOf(amnesiac);
  return finding(
    amnesiac.length > 1 ? 'bad' : 'warn',
    'amnesiac',
    `${ids} came back empty ${formatAge(nowUnix - youngest)} ago, and counts for quorum`,
    `take no further node for ${formatDuration(waitSeconds)}`,
  );
}

/** Where a component keeps what is nowhere else yet, in words; undefined where it keeps nothing. */
export function sayStorage({
  component,
  replicas,
  view,
}: Pick<Judged, 'component' | 'replicas' | 'view'>): string | undefined {
  const pods = replicas.flatMap(({ pod }) => pod ?? []);
  if (!component.holdsData || pods.length === 0) return undefined;
  const kept = pods.filter(({ scheduling }) => scheduling.volumes.some(({ kind }) => kind === 'claim')).length;
  const on =
    kept === pods.length
      ? 'a PVC each'
      : kept === 0
        ? 'emptyDir'
        : `a PVC for ${kept} of ${pods.length}, else emptyDir`;
  const { flushOnShutdown } = view.settings;
  const flush = flushOnShutdown === undefined ? 'not known' : flushOnShutdown ? 'yes' : 'no';
  const graces = pods.map(({ scheduling }) => scheduling.graceSeconds ?? GRACE_DEFAULT_SECONDS);
  return `${on}; flush on shutdown: ${flush}; killed after ${formatDuration(Math.min(...graces))}`;
}
