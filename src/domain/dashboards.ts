import { namesMetric } from './used-by.ts';

/** A dashboard of Grafana, as far as it tells which metrics it needs. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly folder?: string;
  readonly panels: readonly DashboardPanel[];
}

/** A panel, a variable or an annotation with its query texts. `title` is empty where it has none. */
export interface DashboardPanel {
  readonly title: string;
  readonly queries: readonly string[];
  /** It is not in the dashboard itself: a library panel, by its uid. */
  readonly library?: string;
}

/** A dashboard that names a metric, and the panels that do. */
export interface DashboardUse {
  readonly uid: string;
  readonly title: string;
  readonly folder?: string;
  readonly panels: readonly string[];
}

/**
 * Dashboards whose queries name the metric: whoever drops it empties these panels.
 *
 * `libraries`: panels that stand in many dashboards, by uid. A name that a regular expression builds is not seen.
 */
export function dashboardsUsing(
  metric: string,
  dashboards: readonly Dashboard[],
  libraries: ReadonlyMap<string, DashboardPanel> = new Map(),
): readonly DashboardUse[] {
  return dashboards.flatMap(({ uid, title, folder, panels }) => {
    const using = panels
      .map((panel) => (panel.library === undefined ? panel : (libraries.get(panel.library) ?? panel)))
      .filter(({ queries }) => queries.some((query) => namesMetric(query, metric)));
    if (using.length === 0) return [];
    const named = [...new Set(using.map((panel) => panel.title).filter((each) => each !== ''))];
    return [{ uid, title, ...(folder === undefined ? {} : { folder }), panels: named }];
  });
}
