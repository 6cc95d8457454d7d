import type { Queue } from './queues.ts';
import { formatCount, formatRate } from './units.ts';

/** What the configuration says of the tenant header of one queue. */
export interface HeaderEvidence {
  readonly state: 'set' | 'missing' | 'unknown';
  readonly tenant?: string;
  /** "ConfigMap monitoring-agent-alloy, config.alloy line 28, prometheus.remote_write.mimir". */
  readonly where: string;
}

/** What servers and logs say of refused pushes. No metric of remote write carries a status. */
export interface ServerEvidence {
  readonly header?: HeaderEvidence;
  /** What the server throws away of the tenant: reason to samples, lines or spans a second. */
  readonly discards?: ReadonlyMap<string, number>;
  /** Lines of the agent's own log, newest first. */
  readonly logLines?: readonly string[];
  /** Pushes a second that the server turns away with 401, of all who push; of Tempo refused spans. */
  readonly turnedAwayPerSecond?: number;
}

/** Why pushes do not get through, from what that is known, and what to do. */
export interface Refusal {
  readonly kind: 'refused' | 'limited' | 'remote';
  readonly because: string;
  readonly next: string;
}

/**
 * Infer the HTTP status of pushes that fail, the surest sign first: the exporter's own count of statuses, the agent's log, its
 * configuration, the server's discards and 401s, and last the kind of counter that grows.
 *
 * Fails: never; where nothing else is known the counter decides, and `because` says so.
 */
export function refusalOf(queue: Queue, evidence: ServerEvidence): Refusal {
  const counted = statusCounted(queue);
  const logged = statusLogged(evidence.logLines ?? []);
  const { header } = evidence;
  const failing = (queue.rates?.failed ?? 0) > 0;
  if (header?.state === 'missing' && failing && !isOtherStatus(counted ?? logged?.status))
    return {
      kind: 'refused',
      because: `no tenant header (${header.where})${sayTurnedAway(queue, evidence)}`,
      next: `give the endpoint its X-Scope-OrgID: ${header.where}`,
    };
  if (counted !== undefined) return ofStatus(counted, 'counted by the exporter', undefined);
  // A line may be older than what happens now: what is tried again was not refused.
  if (logged && failing === isFinal(logged.status))
    return ofStatus(logged.status, 'says the agent’s log', logged.error);
  return (
    ofDiscards(queue, evidence.discards, failing) ??
    ofTurnedAway(queue, evidence, failing) ??
    ofReasons(queue) ??
    ofCounter(queue, failing)
  );
}

const isFinal = (status: number): boolean => status >= 400 && status < 500 && status !== 429;

const isOtherStatus = (status: number | undefined): boolean => status !== undefined && status !== 401;

/** The failing status that is counted most; 2xx is none. */
function statusCounted({ statuses }: Queue): number | undefined {
  const failing = [...statuses]
    .map(([status, perSecond]) => ({ status: Number(status), perSecond }))
    .filter(({ status, perSecond }) => perSecond > 0 && (status >= 300 || status < 100))
    .sort((left, right) => right.perSecond - left.perSecond);
  return failing[0]?.status;
}

/** Source: Prometheus storage/remote/client.go: "server returned HTTP status 400 Bad Request: …(err-mimir-…)". */
function statusLogged(lines: readonly string[]): { status: number; error?: string } | undefined {
  for (const line of lines) {
    const status = /HTTP status (\d{3})/.exec(line)?.[1] ?? /\bstatus(?:_?code)?=(\d{3})\b/i.exec(line)?.[1];
    if (status !== undefined) return { status: Number(status), error: /err-mimir-[a-z-]+/.exec(line)?.[0] };
  }
  return undefined;
}

function ofStatus(status: number, from: string, error: string | undefined): Refusal {
  const because = `HTTP ${status}${error ? ` ${error}` : ''}, ${from}`;
  if (status === 429) return { kind: 'limited', because, next: LIMITED };
  if (status === 401) return { kind: 'refused', because: `no tenant or no login: ${because}`, next: UNAUTHORIZED };
  if (status === 413) return { kind: 'refused', because, next: 'send smaller batches: lower max_samples_per_send' };
  if (status >= 400 && status < 500) return { kind: 'refused', because, next: error ? stepFor(error) : BAD_REQUEST };
  return { kind: 'remote', because: status < 100 ? `no answer at all, ${from}` : because, next: REMOTE };
}

const LIMITED = 'raise ingestion_rate of the tenant, or drop series at the agent';
const UNAUTHORIZED = 'check the X-Scope-OrgID header and the login of this endpoint';
const BAD_REQUEST = 'read the server’s answer in the agent’s log: l';
const REMOTE = 'look at the server and what stands before it';

const SERVER: Readonly<Record<Queue['signal'], string>> = { metrics: 'Mimir', logs: 'Loki', traces: 'Tempo' };

/** Reasons of `cortex_discarded_samples_total`, with the id that the answer carries. Source: Mimir pkg/util/globalerror. */
const DISCARDS: Readonly<Record<string, string>> = {
  per_user_series_limit: 'err-mimir-max-series-per-user',
  per_metric_series_limit: 'err-mimir-max-series-per-metric',
  per_user_active_series_limit: 'err-mimir-max-active-series',
  rate_limited: 'err-mimir-tenant-max-ingestion-rate',
  'sample-out-of-order': 'err-mimir-sample-out-of-order',
  'new-value-for-timestamp': 'err-mimir-sample-duplicate-timestamp',
  'sample-too-old': 'err-mimir-sample-timestamp-too-old',
  'sample-timestamp-too-old': 'err-mimir-sample-timestamp-too-old',
  too_far_in_future: 'err-mimir-too-far-in-future',
  max_label_names_per_series: 'err-mimir-max-label-names-per-series',
  label_value_too_long: 'err-mimir-label-value-too-long',
};

/** What to do about what Loki and Tempo throw away. Source: diagnostics.md 1.4. */
const STEPS: Readonly<Record<string, string>> = {
  line_too_long: 'shorten the lines at the agent (stage.truncate)',
  greater_than_max_sample_age: 'the lines are too old: look at the agent’s backlog and clock',
  too_far_behind: 'the lines are too old: look at the agent’s backlog and clock',
  too_far_in_future: 'check the clock of the node',
  max_label_names_per_series: 'move labels to structured metadata',
  missing_labels: 'the stream has no label: add one at the agent',
  trace_too_large: 'find the trace that never ends, then raise max_bytes_per_trace',
};

/** What to do about one of Mimir's error ids. */
function stepFor(error: string): string {
  if (/max-series|max-active-series/.test(error))
    return 'open :cardinality, drop the label that grows, then raise the limit';
  if (/out-of-order|duplicate-timestamp/.test(error))
    return 'two agents write one series: add a label that tells them apart';
  if (/too-old|future/.test(error)) return 'check the clock of the node, and how far the queue is behind';
  if (/max-label-names|label-value/.test(error)) return 'drop or shorten the label at the agent (relabel)';
  return BAD_REQUEST;
}

/** Answered with 429. Source: Mimir pkg/distributor/errors.go, Loki pkg/distributor, Tempo modules/distributor. */
const LIMITING: readonly string[] = [
  'rate_limited',
  'per_user_active_series_limit',
  'per_stream_rate_limit',
  'stream_limit',
  'live_traces_exceeded',
];

function ofDiscards(
  { signal }: Queue,
  discards: ReadonlyMap<string, number> | undefined,
  failing: boolean,
): Refusal | undefined {
  const worst = [...(discards ?? [])].filter(([, perSecond]) => perSecond > 0).sort((a, b) => b[1] - a[1]);
  const limitedBy = worst.find(([reason]) => LIMITING.includes(reason));
  const found = failing ? (worst.find((one) => one !== limitedBy) ?? limitedBy) : limitedBy;
  if (found === undefined) return undefined;
  const [reason, perSecond] = found;
  const error = signal === 'metrics' ? DISCARDS[reason] : undefined;
  const limited = found === limitedBy;
  return {
    kind: limited ? 'limited' : 'refused',
    because: `${limited ? 'HTTP 429' : 'HTTP 400'} ${error ?? reason}, as ${SERVER[signal]} discards ${formatRate(perSecond)} (${reason})`,
    next: limited ? LIMITED : signal === 'metrics' ? stepFor(error ?? '') : (STEPS[reason] ?? BAD_REQUEST),
  };
}

/** Others may be turned away as well: who sends a tenant is not among them. */
function ofTurnedAway(
  queue: Queue,
  { turnedAwayPerSecond = 0, header }: ServerEvidence,
  failing: boolean,
): Refusal | undefined {
  if (!failing || turnedAwayPerSecond <= 0 || header?.state === 'set' || queue.signal === 'traces') return undefined;
  const because = `HTTP 401 likely: ${SERVER[queue.signal]} answers so to ${formatCount(turnedAwayPerSecond)} pushes/s`;
  return { kind: 'refused', because, next: UNAUTHORIZED };
}

function sayTurnedAway({ signal }: Queue, { turnedAwayPerSecond = 0 }: ServerEvidence): string {
  if (turnedAwayPerSecond <= 0) return '';
  return signal === 'traces'
    ? `; Tempo refuses ${formatCount(turnedAwayPerSecond)} spans/s`
    : `; ${SERVER[signal]} answers 401 to ${formatCount(turnedAwayPerSecond)} pushes/s`;
}

/** `loki.write` names why it gave up. */
function ofReasons({ reasons, kind }: Queue): Refusal | undefined {
  if (kind !== 'loki.write') return undefined;
  const [worst] = [...reasons].filter(([, perSecond]) => perSecond > 0).sort((a, b) => b[1] - a[1]);
  if (worst === undefined) return undefined;
  const [reason] = worst;
  if (/limited/.test(reason)) return { kind: 'limited', because: `dropped as ${reason}`, next: LIMITED };
  if (reason === 'ingester_error') return undefined;
  return { kind: 'refused', because: `dropped as ${reason}`, next: BAD_REQUEST };
}

/** Remote write fails for good only on 4xx, and tries again on 5xx, 429 and a broken network. */
function ofCounter({ kind }: Queue, failing: boolean): Refusal {
  if (failing && /remote_write$/.test(kind))
    return { kind: 'refused', because: '4xx, as it was not tried again; which one no metric tells', next: BAD_REQUEST };
  return { kind: 'remote', because: '5xx, 429 or the network, as it is tried again', next: REMOTE };
}
