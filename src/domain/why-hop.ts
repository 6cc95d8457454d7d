import type { Verdict } from './result.ts';

/** Stations from the agent to the screen, in the order in which data takes them. */
export const WHY_HOPS = [
  'agent-config',
  'agent-queue',
  'gateway',
  'component',
  'limits',
  'ingestion-delay',
  'retention',
  'query-window',
] as const;
export type WhyHopId = (typeof WHY_HOPS)[number];

/** One station, judged. */
export interface WhyHop {
  readonly hop: WhyHopId;
  readonly verdict: Verdict;
  /** One word for scripts; `none` where nothing is wrong. */
  readonly cause: string;
  readonly because: string;
  readonly next: string | null;
}

export const good = (hop: WhyHopId, because: string): WhyHop => ({
  hop,
  verdict: 'good',
  cause: 'none',
  because,
  next: null,
});
export const blind = (hop: WhyHopId, because: string, next: string | null = null): WhyHop => ({
  hop,
  verdict: 'unknown',
  cause: 'unknown',
  because,
  next,
});
