import type { Labels } from './series.ts';

/** One span. Times are seconds after the trace's start, exact to the nanosecond within a trace of a day. */
export interface Span {
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly service: string;
  readonly name: string;
  /** `server`, `client`, `internal`, `producer`, `consumer` or `unspecified`. */
  readonly kind: string;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly error: boolean;
  /** The status message; empty where there is none. */
  readonly said: string;
  readonly attributes: Labels;
  readonly resource: Labels;
  readonly events: readonly SpanEvent[];
}

export interface SpanEvent {
  readonly name: string;
  readonly atSeconds: number;
  readonly attributes: Labels;
}

/** One trace, spans by start time. */
export interface Trace {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  readonly startNanos: bigint;
  readonly durationSeconds: number;
  readonly spans: readonly Span[];
  /** Where a large trace was laid out on the way: see `layOut`. */
  readonly laid?: LaidTrace;
}

/** A trace's spans in the order of the tree, and the one to look at first. */
export interface LaidTrace {
  readonly spans: readonly PlacedSpan[];
  readonly culprit: Culprit | undefined;
}

/** A span with its place in the trace. Seconds; `depth` 0 is a root. */
export interface PlacedSpan extends Span {
  /** How many spans before it share its id, as those of Zipkin do. */
  readonly again: number;
  readonly depth: number;
  readonly childCount: number;
  /** Time in which no child ran. */
  readonly selfSeconds: number;
  readonly onCriticalPath: boolean;
  /** The part of the critical path that is this span's own. */
  readonly criticalSeconds: number;
}

/** The span that explains most of a trace, and why it is that one. */
export interface Culprit {
  readonly spanId: string;
  readonly service: string;
  readonly span: string;
  readonly selfSeconds: number;
  readonly error: boolean;
  readonly because: string;
}

/** What a search says of a trace. */
export interface TraceSummary {
  readonly traceId: string;
  readonly service: string;
  readonly name: string;
  readonly startNanos: bigint;
  readonly durationSeconds: number;
  /** Spans in the trace, where the server counts them, else those that matched. */
  readonly spans: number;
  /** True, false, or undefined where the answer does not tell. */
  readonly error?: boolean;
}
