import { sayReach } from '../domain/reach.ts';
import { formatSeconds, UNKNOWN } from '../domain/units.ts';
import { isDatabase } from './stack-ask.ts';
import { loadStack } from './stack-load.ts';
import type { StackRow } from './stack-row.ts';
import { go, type Intent, refuse, type Tone, view } from './view.ts';

/** What stands in the clusters, what it is, and how it is reached. */
export const stack = view<StackRow>({
  id: 'stack',
  aliases: ['st'],
  about: 'the stack in the clusters: components, versions, modes, and how each is reached',
  everySeconds: 30,
  tenantless: true,
  load: loadStack,
  body: {
    kind: 'table',
    rowId: (row) => `${row.cluster} ${row.namespace} ${row.name}`,
    columns: [
      { id: 'kind', title: 'KIND', cell: (row) => row.kind, letter: 'K', keep: 110, widthMin: 7 },
      {
        id: 'component',
        title: 'COMPONENT',
        cell: (row) => row.component + (row.zone ? ` ${row.zone}` : ''),
        letter: 'C',
        keep: 109,
        widthMin: 18,
        widthMax: 28,
        grow: true,
      },
      {
        id: 'ready',
        title: 'READY',
        cell: (row) => `${row.ready}/${row.desired ?? '?'}`,
        tone: readyTone,
        sortBy: (row) => row.ready / (row.desired || 1),
        alignRight: true,
        letter: 'R',
        keep: 105,
        widthMin: 5,
      },
      {
        id: 'version',
        title: 'VERSION',
        cell: (row) => row.version?.version ?? UNKNOWN,
        letter: 'V',
        keep: 100,
        widthMin: 7,
        widthMax: 16,
      },
      {
        id: 'factor',
        title: 'RF',
        cell: (row) => (holdsCopies(row) && row.replicationFactor !== undefined ? String(row.replicationFactor) : ''),
        sortBy: (row) => row.replicationFactor,
        alignRight: true,
        keep: 65,
        widthMin: 2,
      },
      { id: 'mode', title: 'MODE', cell: modeText, letter: 'M', keep: 95, widthMin: 7, widthMax: 34, grow: true },
      { id: 'cluster', title: 'CLUSTER', cell: (row) => row.cluster, letter: 'L', keep: 90, widthMin: 7, widthMax: 20 },
      {
        id: 'namespace',
        title: 'NAMESPACE',
        cell: (row) => row.namespace,
        letter: 'N',
        keep: 60,
        widthMin: 9,
        widthMax: 24,
      },
      {
        id: 'rtt',
        title: 'RTT',
        cell: (row) => (row.roundTripSeconds === undefined ? UNKNOWN : formatSeconds(row.roundTripSeconds)),
        sortBy: (row) => row.roundTripSeconds,
        alignRight: true,
        letter: 'T',
        keep: 70,
        widthMin: 5,
      },
      {
        id: 'reached',
        title: 'REACHED BY',
        cell: (row) => (row.reach ? sayReach(row.reach) : UNKNOWN),
        letter: 'E',
        keep: 80,
        widthMin: 26,
        widthMax: 90,
        grow: true,
      },
      {
        id: 'fault',
        title: 'LAST FAULT',
        cell: (row) => row.lastFault ?? '',
        tone: (row) => (row.lastFault ? 'bad' : 'plain'),
        letter: 'F',
        keep: 50,
        widthMin: 10,
        widthMax: 80,
        wide: true,
      },
      {
        id: 'name',
        title: 'NAME',
        cell: (row) => row.name,
        letter: 'A',
        keep: 40,
        widthMin: 12,
        widthMax: 50,
        wide: true,
      },
    ],
  },
  keys: [
    { key: 'enter', does: 'its pods', on: (row) => go('pods', podsOf(row)) },
    { key: 'p', does: 'its pods', on: (row) => go('pods', podsOf(row)) },
    { key: 'o', does: 'of two stacks only this one', on: (row, { rows }) => onlyThis(row, rows) },
    {
      key: 'l',
      does: 'its log lines',
      on: (row) => {
        const [pod] = row.pods;
        if (row.pods.length === 1 && pod) return go('logs', { namespace: pod.namespace, pod: pod.name });
        return row.pods.length === 0
          ? refuse('no pod of it is known, so that its lines cannot be told from others')
          : refuse(`it has ${row.pods.length} pods: enter shows them, and l the lines of each`);
      },
    },
  ],
  record: (row) => ({
    cluster: row.cluster,
    namespace: row.namespace,
    name: row.name,
    kind: row.kind,
    component: row.component,
    instance: row.instance,
    version: row.version?.version ?? null,
    versionFrom: row.version?.from ?? null,
    declaredVersion: row.declared?.version ?? null,
    mode: row.setup?.mode ?? null,
    replicationFactor: row.replicationFactor ?? null,
    modeBecause: row.setup?.because ?? null,
    really: row.really ?? (row.oneProcessWith.length > 0 ? sayOneProcess(row) : null),
    ready: row.ready,
    desired: row.desired ?? null,
    zoneAware: row.zoneAware,
    zone: row.zone ?? null,
    nodes: row.nodes,
    oneProcessWith: row.oneProcessWith,
    reachedBy: row.reach ? sayReach(row.reach) : null,
    roundTripSeconds: row.roundTripSeconds ?? null,
    lastFault: row.lastFault ?? null,
    because: row.because,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['workload', `${row.workload} ${row.namespace}/${row.name} in ${row.cluster}`],
    ...takenFor(row),
    ['version', sayVersion(row)],
    ...(row.replicationFactor === undefined
      ? []
      : [['replication factor', String(row.replicationFactor)] as [string, string]]),
    ['mode', row.setup ? `${row.setup.mode}: ${row.setup.because}` : 'has none'],
    ...(row.really ? [['  really', row.really] as [string, string]] : []),
    ...(row.oneProcessWith.length > 0 ? [['one process', sayOneProcess(row)] as [string, string]] : []),
    ['ready', `${row.ready} of ${row.desired ?? 'an unknown number'}`],
    ['zone-aware', row.zoneAware ? `yes, ${row.zone}` : 'no'],
    ['reached by', row.reach ? sayReach(row.reach) : 'not asked anything'],
    ...(row.lastFault ? [['last fault', row.lastFault] as [string, string]] : []),
    ...row.pods.map((pod): [string, string] => ['pod', `${pod.name} on ${pod.node ?? 'no node'}`]),
  ],
  explain: (row) => [
    ...takenFor(row),
    ['version', sayVersion(row)],
    ['mode', row.setup ? `${row.setup.mode}: ${row.setup.because}` : 'has none'],
    ...(row.really ? [['  really', row.really] as [string, string]] : []),
    ['reached by', row.reach ? sayReach(row.reach) : 'not asked anything'],
    ...(row.lastFault ? [['last fault', row.lastFault] as [string, string]] : []),
  ],
  crumb: (params) => params.kind ?? '',
});

const takenFor = ({ kind, component, because }: StackRow): readonly (readonly [string, string])[] => [
  ['taken for', `${kind} ${component}`],
  ...because.map((one): [string, string] => ['  because of', one]),
];

const podsOf = (row: StackRow) => ({ workload: row.name, namespace: row.namespace, cluster: row.cluster });

const sayOneProcess = ({ oneProcessWith }: StackRow): string =>
  `one process behind ${countOf(oneProcessWith.length + 1)} workloads (one address): ${oneProcessWith.join(', ')}`;

const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const countOf = (count: number): string => COUNTS[count] ?? String(count);

/** The ones that hold them, in all charts. */
const holdsCopies = ({ component }: StackRow): boolean => ['ingester', 'write', 'single-binary'].includes(component);

/** What runs, and what was meant where that is something else. */
function sayVersion({ version, declared }: StackRow): string {
  if (!version) return 'not known';
  const meant = declared && declared.version !== version.version ? `; ${declared.version} by its ${declared.from}` : '';
  return `${version.version} (${version.from})${meant}`;
}

function modeText(row: StackRow): string {
  if (row.kind === 'agent') return row.really ? `really ${row.really.split(' ')[0]}` : UNKNOWN;
  const mode = row.setup?.mode ?? UNKNOWN;
  if (row.really) return `${mode} (really ${row.really.split(':')[0]})`;
  return row.oneProcessWith.length > 0 ? `${mode} (one process)` : mode;
}

function readyTone({ ready, desired }: StackRow): Tone {
  if (desired === undefined) return ready > 0 ? 'unknown' : 'bad';
  if (ready >= desired) return 'good';
  return ready === 0 ? 'bad' : 'warn';
}

/** Two of a database are a question; this answers it for the whole console. */
function onlyThis(row: StackRow, rows: readonly StackRow[]): Intent {
  const { kind, cluster, namespace } = row;
  const places = new Set(rows.filter((each) => each.kind === kind).map((each) => `${each.cluster} ${each.namespace}`));
  if (!isDatabase(kind)) return refuse(`a ${kind} is no database that there could be two of`);
  if (places.size < 2) return refuse(`there is one ${kind}, and it is the one that is asked`);
  const here = rows.some((each) => each.kind === kind && each.cluster === cluster && each.namespace !== namespace);
  const contexts = here ? [...new Set(rows.map((each) => each.cluster))] : [cluster];
  return { do: 'contexts', contexts, ...(here ? { namespace } : {}), view: 'stack' };
}
