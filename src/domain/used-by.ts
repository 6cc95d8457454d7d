/** A rule of the ruler, as far as it tells which metrics it needs. */
export interface RulerRule {
  readonly kind: 'alerting' | 'recording';
  readonly name: string;
  readonly group: string;
  readonly query: string;
  /** `inactive`, `pending`, `firing`; of alerts only. */
  readonly state?: string;
}

/** Rules whose query names the metric: whoever drops it breaks them. */
export const usedBy = (metric: string, rules: readonly RulerRule[]): readonly RulerRule[] =>
  rules.filter(({ query }) => namesMetric(query, metric));

/** Does the query name the metric, as a whole word and not inside another name? */
export function namesMetric(query: string, metric: string): boolean {
  for (let at = query.indexOf(metric); at >= 0; at = query.indexOf(metric, at + 1)) {
    const [before, after] = [query[at - 1] ?? '', query[at + metric.length] ?? ''];
    if (!/[A-Za-z0-9_:]/.test(before) && !/[A-Za-z0-9_:]/.test(after)) return true;
  }
  return false;
}

/** Metrics of cAdvisor that nobody misses and many drop. Source: the reference setup's own filter (diagnostics.md 4.3). */
const CADVISOR_OFFENDERS = /^container_(memory_failures_total|tasks_state|memory_failcnt|last_seen)$/;
/** Those whose devices or interfaces multiply. */
const CADVISOR_WIDE = /^container_(network_|blkio_|fs_)/;

/** A word about a metric that is known to be large for nothing; undefined otherwise. */
export function knownOffender(metric: string, share: number | undefined): string | undefined {
  if (CADVISOR_OFFENDERS.test(metric)) return 'cAdvisor: commonly dropped, nobody misses it';
  if (CADVISOR_WIDE.test(metric) && (share ?? 0) > 0.05) return 'cAdvisor: multiplied by interface or device';
  return undefined;
}
