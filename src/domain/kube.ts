/** What every object of a cluster has. Times are Unix seconds. */
export interface KubeObject {
  /** Empty for what belongs to no namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdUnix?: number;
}

/** The object that made another one. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
}

/** How a container ended the last time. */
export interface Termination {
  /** `OOMKilled`, `Error`, `Completed`. */
  readonly reason: string;
  readonly exitCode?: number;
  readonly atUnix?: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly ports: readonly { readonly name?: string; readonly port: number }[];
}

export interface Pod extends KubeObject {
  readonly owner?: Owner;
  readonly node?: string;
  readonly ip?: string;
  /** The pod has the node's own address: others may have it too. */
  readonly hostNetwork: boolean;
  readonly phase: string;
  readonly ready: boolean;
  readonly containers: readonly Container[];
  readonly restarts: number;
  readonly lastTermination?: Termination;
  /** Why a container waits: `CrashLoopBackOff`, `ImagePullBackOff`. */
  readonly waiting?: string;
  readonly configMaps: readonly string[];
  /** Being deleted. */
  readonly leaving: boolean;
}

/** A pod as the API server's own table tells it: a twentieth of the whole. */
export interface PodCells extends KubeObject {
  readonly owner?: Owner;
  /** Containers that are ready, and how many there are. */
  readonly ready: number;
  readonly desired: number;
  /** `Running`, `CrashLoopBackOff`, `Terminating`. */
  readonly status: string;
  readonly restarts: number;
  /** `3m` of `4 (3m ago)`, at the time of the table. */
  readonly restartedAgo?: string;
  readonly ip?: string;
  readonly node?: string;
}

export type WorkloadKind = 'StatefulSet' | 'Deployment' | 'DaemonSet';

export interface Workload extends KubeObject {
  readonly kind: WorkloadKind;
  /** Labels that its pods have; empty where it selects by expressions only. */
  readonly selector: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly desired: number;
  readonly ready: number;
  readonly containers: readonly Container[];
  readonly configMaps: readonly string[];
}

export interface KubeService extends KubeObject {
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
  readonly headless: boolean;
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
}

export interface KubeNode extends KubeObject {
  readonly zone?: string;
  readonly ready: 'yes' | 'no' | 'unknown';
  /** Conditions that should not be there: `MemoryPressure`, `DiskPressure`. */
  readonly pressures: readonly string[];
  readonly cordoned: boolean;
  readonly version: string;
  readonly podsMax?: number;
  readonly instanceType?: string;
}

export interface KubeEvent extends KubeObject {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly about: Owner;
  readonly count: number;
  readonly firstUnix?: number;
  readonly lastUnix?: number;
  readonly from: string;
}

export interface ConfigMap extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

export const ZONE_LABELS = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'] as const;

/** The zone that an object's labels name. Source: apis.md 5; the second is what clusters before 1.17 had. */
export const zoneOf = (labels: Readonly<Record<string, string>>): string | undefined =>
  ZONE_LABELS.map((label) => labels[label]).find((zone) => zone !== undefined && zone !== '');

export const keyOf = ({ namespace, name }: KubeObject): string => `${namespace}/${name}`;

/** Are all of these labels on it? An empty selector selects nothing here: it is a workload that selects otherwise. */
export function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}
