import { type Level, levelOf, messageOf, spanIdOf, traceIdOf } from '../domain/correlate.ts';
import type { LogLine } from '../domain/log.ts';
import type { Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';

/** One line, read once: level, message and ids as a person takes them. */
export interface LogRow {
  readonly id: string;
  readonly tenant: Tenant;
  readonly line: LogLine;
  readonly level: Level;
  readonly service: string;
  readonly message: string;
  readonly traceId: string;
  readonly spanId: string;
  /** The selected span or one of its parents wrote it. */
  readonly marked: boolean;
  readonly origin: Origin;
}

export const podOf = (line: LogLine): string | null =>
  line.labels.pod ?? line.labels.k8s_pod_name ?? line.metadata.k8s_pod_name ?? line.metadata.pod ?? null;
const serviceOf = (line: LogLine): string =>
  line.labels.service ??
  line.labels.service_name ??
  line.labels.app ??
  line.labels.container ??
  line.metadata.service_name ??
  '–';

/** Oldest first. */
export const byTime = (a: LogRow, b: LogRow): number => Number(a.line.atNanos - b.line.atNanos);

/** Lines as rows; the id stays the same over refreshes, and twice the same line at the same nanosecond are two rows. */
export function toRows(
  lines: readonly LogLine[],
  tenant: Tenant,
  origin: Origin,
  marks: ReadonlySet<string>,
): readonly LogRow[] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const spanId = spanIdOf(line);
    const base = `${tenant} ${line.atNanos} ${podOf(line) ?? ''} ${line.line}`;
    const again = seen.get(base) ?? 0;
    seen.set(base, again + 1);
    return {
      id: again === 0 ? base : `${base} #${again}`,
      tenant,
      line,
      origin,
      level: levelOf(line),
      service: serviceOf(line),
      message: messageOf(line.line),
      traceId: traceIdOf(line),
      spanId,
      marked: spanId !== '' && marks.has(spanId),
    };
  });
}
