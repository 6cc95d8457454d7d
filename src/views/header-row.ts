import type { HeaderSignal, Probe } from '../domain/header-probe.ts';
import type { HeaderVerdict } from '../domain/header-told.ts';
import type { Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';

/** One way in, as one signal takes it. */
export interface HeaderRow {
  readonly id: string;
  /** `plain`, the name of a further one, or the URL to which agents send. */
  readonly entry: string;
  readonly signal: HeaderSignal;
  readonly tenant?: Tenant;
  readonly user?: string;
  /** In words: URL, service proxy. */
  readonly way?: string;
  readonly judged: HeaderVerdict;
  readonly probes: readonly Probe[];
  /** A URL that stands in agents' configurations. */
  readonly ofAgents?: true;
  readonly origin: Origin;
}
