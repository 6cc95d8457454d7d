import type { Inventory } from '../domain/discover.ts';
import type { KubeKinds } from '../domain/kube-kinds.ts';
import type { LogLine } from '../domain/log.ts';
import type { Reach } from '../domain/reach.ts';
import type { Fault, Origin, Result, Source } from '../domain/result.ts';
import type { Exemplar, Labels, MetricMetadata, Sample, Series } from '../domain/series.ts';
import type { TailOptions, TailPart } from '../domain/tail.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Window } from '../domain/time.ts';
import type { Trace, TraceSummary } from '../domain/trace.ts';
import type { Agents } from './agents-client.ts';
import type { SeriesCounts, SpanCounts, StreamCounts } from './cardinality.ts';
import type { Overrides } from './decode-cardinality.ts';
import type { Grafana } from './grafana.ts';
import type { HeaderProbes } from './header.ts';
import type { Journal } from './journal.ts';
import type { Rings } from './ring-types.ts';

/** Mimir as one tenant sees it. There is no method that can forget the tenant. */
export interface Mimir extends SeriesCounts {
  /** Instant query at `atUnix` (Unix seconds); series keep the server's order. */
  query(promql: string, atUnix: number, signal: AbortSignal): Promise<Result<readonly Sample[]>>;
  queryRange(
    promql: string,
    window: Window,
    stepSeconds: number,
    signal: AbortSignal,
  ): Promise<Result<readonly Series[]>>;
  /** `selector` names buckets: `http_server_request_duration_seconds_bucket{service="cart"}`. */
  exemplars(selector: string, window: Window, signal: AbortSignal): Promise<Result<readonly Exemplar[]>>;
  /** What exists; asked again only after five minutes. */
  labelValues(label: string, window: Window, signal: AbortSignal): Promise<Result<readonly string[]>>;
  series(match: string, window: Window, signal: AbortSignal): Promise<Result<readonly Labels[]>>;
  metadata(signal: AbortSignal): Promise<Result<ReadonlyMap<string, MetricMetadata>>>;
  /**
   * Upper bounds of a classic histogram's buckets, ascending, `+Inf` left out; empty where there are no buckets.
   * `metric` is the name without `_bucket`, `matcher` such as `service="cart"`. Asked again only after five minutes.
   */
  bucketBounds(
    metric: string,
    matcher: string,
    window: Window,
    signal: AbortSignal,
  ): Promise<Result<readonly number[]>>;
}

/** What Mimir's distributor says of one tenant. */
export interface TenantStats {
  readonly tenant: string;
  /** Summed over the ingesters, NOT divided by the replication factor: three times the truth at RF 3. */
  readonly series: number;
  /** Samples a second, likewise not divided by the replication factor. */
  readonly samplesPerSecond: number;
}

/** A tenant on a component's own page. */
export interface ListedTenant {
  readonly tenant: string;
  /** When its newest sample was taken, Unix seconds; absent where the page does not tell. */
  readonly newestUnix?: number;
}

/** What Mimir says of itself, whoever the tenant. */
export interface MimirAdmin {
  /** Every tenant that has series in an ingester, listed or not; ingesters that are UNHEALTHY are left out of the sums. */
  allUserStats(signal: AbortSignal): Promise<Result<readonly TenantStats[]>>;
  /** Who has series in one ingester, or blocks by a store-gateway: of several replicas one answers. */
  tenantsOf(component: 'ingester' | 'store-gateway', signal: AbortSignal): Promise<Result<readonly ListedTenant[]>>;
  /** The runtime overrides of every tenant; 404 where no such file is loaded. */
  overrides(signal: AbortSignal): Promise<Result<Overrides>>;
}

/** `plain`: without the encoding flag and with `direction` in the query, as "the newest line of all" is asked. */
export interface LineOptions {
  readonly limit: number;
  readonly direction?: 'forward' | 'backward';
  readonly plain?: boolean;
  /** Of a tape: the newest answer given by then, Unix seconds. A server is not asked so. */
  readonly beforeUnix?: number;
}

/** Loki as one tenant sees it, always with `X-Loki-Response-Encoding-Flags: categorize-labels` for log lines. */
export interface Loki extends StreamCounts {
  /** Newest first unless `direction` says otherwise; trimmed to the window. */
  lines(logql: string, window: Window, options: LineOptions, signal: AbortSignal): Promise<Result<readonly LogLine[]>>;
  /**
   * New lines as they come, each once: over a WebSocket, else by polling. It ends with the signal, or after a gap of kind
   * `bad-query`; any other gap heals by itself.
   */
  tail(logql: string, signal: AbortSignal, options?: TailOptions): AsyncIterable<TailPart>;
  labels(window: Window, signal: AbortSignal): Promise<Result<readonly string[]>>;
  labelValues(label: string, window: Window, signal: AbortSignal): Promise<Result<readonly string[]>>;
  /** Names of the labels and structured metadata that the newest line carries; empty where there is no line. */
  carried(logql: string, window: Window, signal: AbortSignal): Promise<Result<readonly string[]>>;
  /** Field names with where they live: `parsers` empty means structured metadata. */
  detectedFields(
    logql: string,
    window: Window,
    signal: AbortSignal,
  ): Promise<Result<readonly { label: string; cardinality: number; parsers: readonly string[] }[]>>;
  /** A metric query over the window. `beforeUnix`: as for lines. */
  series(
    logql: string,
    window: Window,
    stepSeconds: number,
    signal: AbortSignal,
    beforeUnix?: number,
  ): Promise<Result<readonly Series[]>>;
}

/** Tempo as one tenant sees it. */
export interface Tempo extends SpanCounts {
  /** By id, 16 or 32 hex digits, leading zeros or not. Not there: a `not-found` fault, also where Tempo answers an empty 200. */
  trace(traceId: string, signal: AbortSignal): Promise<Result<Trace>>;
  search(traceql: string, window: Window, limit: number, signal: AbortSignal): Promise<Result<readonly TraceSummary[]>>;
  tagValues(scopedTag: string, window: Window, signal: AbortSignal): Promise<Result<readonly string[]>>;
}

/** What the databases say of themselves, whoever the tenant. */
export interface About {
  /** From the build info of who answers queries, or of one `part`, such as `ingester`; may be no semantic version. */
  version(
    backend: 'mimir' | 'loki' | 'tempo',
    tenant: Tenant | null,
    signal: AbortSignal,
    part?: string,
  ): Promise<Result<string>>;
  /** The modules that run in the process that answers, as its page lists them. */
  services(backend: 'mimir' | 'loki' | 'tempo', signal: AbortSignal): Promise<Result<string>>;
}

/** What somebody may do in a cluster. */
export interface KubeAccess {
  readonly verb: string;
  readonly resource: string;
  readonly group?: string;
  readonly subresource?: string;
  readonly namespace?: string;
}

/** What a cluster was seen to hold, and what could not be listed. */
export interface Surveyed {
  readonly inventory: Inventory;
  readonly gaps: readonly Fault[];
  /** Of the first list that was answered; absent where none was. */
  readonly origin?: Origin;
}

/** One cluster, through the API server of one context. `namespace` undefined asks for the whole cluster. */
export interface Kubernetes {
  readonly context: string;
  readonly source: Source;
  /** Where to look after a 403 of the whole cluster: `--namespace`, then the kubeconfig's own. */
  readonly namespaces: readonly string[];
  /** All pages of a list. */
  list<K extends keyof KubeKinds>(
    kind: K,
    namespace: string | undefined,
    signal: AbortSignal,
  ): Promise<Result<readonly KubeKinds[K][]>>;
  /** The same page by page, so that the first rows need not wait for the last. */
  pages<K extends keyof KubeKinds>(
    kind: K,
    namespace: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Result<readonly KubeKinds[K][]>>;
  one<K extends 'pods' | 'configmaps'>(
    kind: K,
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<Result<KubeKinds[K]>>;
  /** All of a kind, again whenever something changed, until the signal ends it. Failures are gaps, or faults before the first list. */
  follow<K extends keyof KubeKinds>(
    kind: K,
    namespace: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Result<readonly KubeKinds[K][]>>;
  /** Workloads, services and pods of the stack, for `discover`; asked once for all who want it at the same time. */
  survey(): Promise<Surveyed>;
  may(access: KubeAccess, signal: AbortSignal): Promise<Result<boolean>>;
}

/** One context of the kubeconfig, chosen or not. */
export interface ContextEntry {
  readonly name: string;
  readonly server?: string;
  readonly user?: string;
  readonly namespace?: string;
  /** Its rows are in every table of clusters. */
  readonly chosen: boolean;
  /** Nothing is asked of one that was not chosen until somebody looks into it. */
  readonly cluster: Kubernetes;
}

/** Everything a view may ask. Backends that were not given answer every question with an `unreachable` fault that says so. */
export interface Clients {
  mimir(tenant: Tenant): Mimir;
  loki(tenant: Tenant): Loki;
  tempo(tenant: Tenant): Tempo;
  readonly mimirAdmin: MimirAdmin;
  /** Absent where no Grafana was named and no cluster could hold one; `reach('grafana')` tells whether one was found. */
  readonly grafana?: Grafana;
  readonly rings: Rings;
  readonly about: About;
  /** How a component (`mimir`, `mimir/distributor`, `agent/POD`) is reached; undefined where it is not, or by a recording. */
  reach(component: string): Reach | undefined;
  /** The clusters of the chosen contexts; none where only URLs were given. */
  readonly clusters: readonly Kubernetes[];
  readonly agents: Agents;
  /** All contexts that there are, the chosen ones among them. */
  readonly contexts: readonly ContextEntry[];
  /** How the ways in treat the tenant header. */
  readonly header: HeaderProbes;
  readonly journal: Journal;
  /** The backends there are, as the screen names them. */
  readonly sources: readonly Source[];
}
