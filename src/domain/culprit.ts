/** One label of a metric, counted from the index. */
export interface LabelCount {
  readonly label: string;
  /** Distinct values. */
  readonly values: number | undefined;
  /** Series that would be left without the label: `count(count without (LABEL) (SELECTOR))`. Undefined: not asked. */
  readonly seriesWithout: number | undefined;
}

export interface LabelSaving {
  readonly label: string;
  readonly values: number | undefined;
  /** Series that would go if this label went, exactly. Undefined: not counted. */
  readonly seriesSaved: number | undefined;
  /** Of the metric's series, 0–1. */
  readonly share: number | undefined;
  /** Why it is never the culprit, where it is part of what the metric is. */
  readonly spared?: string;
}

/** Labels without which a metric is no longer what it says. */
const SPARED: Readonly<Record<string, string>> = {
  le: 'the buckets of a histogram',
  quantile: 'the quantiles of a summary',
  __name__: 'the metric itself',
};

export const isSpared = (label: string): boolean => Object.hasOwn(SPARED, label);

/** A label that saves less than this share of the metric is not to blame (heuristic). */
export const BLAME_SHARE = 0.1;

/** Labels by what their removal saves, most first; those never to blame last. */
export function savings(series: number | undefined, counts: readonly LabelCount[]): readonly LabelSaving[] {
  return counts
    .map(({ label, values, seriesWithout }): LabelSaving => {
      const saved =
        series === undefined || seriesWithout === undefined ? undefined : Math.max(0, series - seriesWithout);
      return {
        label,
        values,
        seriesSaved: saved,
        share: saved === undefined || !series ? undefined : saved / series,
        ...(isSpared(label) ? { spared: SPARED[label] } : {}),
      };
    })
    .sort(
      (left, right) =>
        Number(left.spared !== undefined) - Number(right.spared !== undefined) ||
        (right.seriesSaved ?? -1) - (left.seriesSaved ?? -1) ||
        (right.values ?? 0) - (left.values ?? 0) ||
        left.label.localeCompare(right.label),
    );
}

/**
 * The label whose removal saves most series; undefined where none saves enough to be blamed.
 *
 * Labels that always change together (a pod and its address) save nothing alone: see `movingTogether`.
 */
export function culpritOf(labels: readonly LabelSaving[]): LabelSaving | undefined {
  const [first] = labels.filter(({ spared }) => spared === undefined);
  return first !== undefined && (first.share ?? 0) >= BLAME_SHARE ? first : undefined;
}

/** Labels with about as many values as each other and many: no single one saves anything, together they do. */
export function movingTogether(series: number | undefined, labels: readonly LabelSaving[]): readonly string[] {
  const many = labels.filter(
    ({ spared, values }) => spared === undefined && (values ?? 0) >= Math.max(10, BLAME_SHARE * (series ?? 0)),
  );
  const most = Math.max(0, ...many.map(({ values }) => values ?? 0));
  const alike = many.filter(({ values }) => (values ?? 0) >= 0.8 * most);
  return alike.length >= 2 ? alike.map(({ label }) => label) : [];
}
