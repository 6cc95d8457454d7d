import type { Labels } from './series.ts';

/** One log line. `labels` are index labels, `metadata` is structured metadata, `parsed` what a query parsed out. */
export interface LogLine {
  /** Unix nanoseconds. */
  readonly atNanos: bigint;
  readonly line: string;
  readonly labels: Labels;
  readonly metadata: Labels;
  readonly parsed: Labels;
}
