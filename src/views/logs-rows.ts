import { type Level, type ReadLine, readLine } from '../domain/correlate.ts';
import type { LogLine } from '../domain/log.ts';
import type { Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';

/** One line, read once, and only when somebody looks: level, message and ids as a person takes them. */
export interface LogRow {
  readonly id: string;
  readonly tenant: Tenant;
  readonly line: LogLine;
  readonly level: Level;
  readonly service: string;
  readonly message: string;
  /** The message without the other fields of its body. */
  readonly text: string;
  readonly fields: Readonly<Record<string, string>>;
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
    const base = `${tenant} ${line.atNanos} ${podOf(line) ?? ''} ${line.line}`;
    const again = seen.get(base) ?? 0;
    seen.set(base, again + 1);
    return rowOf(line, again === 0 ? base : `${base} #${again}`, tenant, origin, marks);
  });
}

/** One line as a row. Of ten thousand lines a second most are never seen: each is read when it is. */
export function rowOf(
  line: LogLine,
  id: string,
  tenant: Tenant,
  origin: Origin,
  marks: ReadonlySet<string> | 'all' = NO_MARKS,
): LogRow {
  let read: ReadLine | undefined;
  const reading = (): ReadLine => {
    read ??= readLine(line);
    return read;
  };
  return {
    id,
    tenant,
    line,
    origin,
    service: serviceOf(line),
    get level() {
      return reading().level;
    },
    get message() {
      return reading().message;
    },
    get text() {
      return reading().text;
    },
    get fields() {
      return reading().fields;
    },
    get traceId() {
      return reading().traceId;
    },
    get spanId() {
      return reading().spanId;
    },
    get marked() {
      return marks === 'all' || (marks.size > 0 && marks.has(reading().spanId));
    },
  };
}

const NO_MARKS: ReadonlySet<string> = new Set();
