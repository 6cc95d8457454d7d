/** Label names to values. */
export type Labels = Readonly<Record<string, string>>;

/** One series of an instant query. `value` may be NaN or infinite; native histograms carry their count as `value`. */
export interface Sample {
  readonly labels: Labels;
  readonly atUnix: number;
  readonly value: number;
}

/** One series of a range query; points are Unix seconds and value, oldest first. */
export interface Series {
  readonly labels: Labels;
  readonly points: readonly (readonly [unix: number, value: number])[];
}

/** One exemplar; `traceId` is padded to 32 hex digits, or empty where no known label carries one. */
export interface Exemplar {
  readonly seriesLabels: Labels;
  readonly labels: Labels;
  readonly traceId: string;
  readonly value: number;
  readonly atUnix: number;
}

/** What a metric says of itself. */
export interface MetricMetadata {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}
