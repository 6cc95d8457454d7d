import type { Grafana } from '../clients/grafana.ts';
import { type Dashboard, type DashboardUse, dashboardsUsing } from '../domain/dashboards.ts';
import { sayFault } from '../domain/faults.ts';
import type { Fault } from '../domain/result.ts';
import { aFewAtATime, type Gaps } from './arrival.ts';
import type { LoadInput } from './view.ts';

/** Who of Grafana's dashboards names a metric, as far as it could be asked. */
export interface DashboardsAnswer {
  /** Undefined: nothing is known of them, and `because` says why. */
  readonly users: readonly DashboardUse[] | undefined;
  readonly read: number;
  /** Some could not be read, or there are more. */
  readonly partly: boolean;
  readonly because: string;
}

const AT_ONCE = 4;
const NONE_KNOWN = 'no Grafana is known: --grafana-url lets its dashboards be asked';

/** A Grafana that was only found in a cluster is nobody's promise: that it is silent is said, and is no gap. */
function saySilent({ kind, source }: Fault): string {
  const how = '--grafana-url with --grafana-token-file';
  return LOGIN.has(kind)
    ? `Grafana in ${source.place} wants a login: ${how}`
    : `Grafana in ${source.place} could not be asked through the cluster (${kind}): ${how}`;
}

const LOGIN = new Set(['auth', 'forbidden']);
/** None in any cluster, or none when a recording was made. */
const NOBODY = new Set(['unreachable', 'not-recorded']);

const nothing = (because: string): DashboardsAnswer => ({ users: undefined, read: 0, partly: true, because });

/** Dashboards that name the metric: every one is read, for Grafana's search knows only titles. */
export async function loadDashboards(input: LoadInput, metric: string, gaps: Gaps): Promise<DashboardsAnswer> {
  const { grafana, reach } = input.clients;
  if (grafana === undefined) return nothing(NONE_KNOWN);
  const found = await grafana.found(input.signal);
  const way = reach('grafana');
  if (!found.ok) {
    if (way === undefined && NOBODY.has(found.fault.kind)) return nothing(NONE_KNOWN);
    if (way !== undefined && way.by !== 'url') return nothing(saySilent(found.fault));
    gaps.take(found);
    return nothing(`dashboards could not be asked: ${sayFault(found.fault)}`);
  }
  const list = gaps.take(found) ?? [];
  const [library, dashboards] = await Promise.all([grafana.library(input.signal), readAll(grafana, list, input, gaps)]);
  const panels = library.ok ? library.value : undefined;
  const needed = dashboards.some((dashboard) => dashboard.panels.some((panel) => panel.library !== undefined));
  if (needed) gaps.take(library);
  return {
    users: dashboardsUsing(metric, dashboards, panels),
    read: dashboards.length,
    partly: dashboards.length < list.length || list.length >= grafana.most || (needed && !library.ok),
    because: '',
  };
}

async function readAll(
  grafana: Grafana,
  list: readonly Parameters<Grafana['dashboard']>[0][],
  input: LoadInput,
  gaps: Gaps,
): Promise<readonly Dashboard[]> {
  const answers = await Promise.all(aFewAtATime(list, AT_ONCE, (found) => grafana.dashboard(found, input.signal)));
  return answers.flatMap((answer) => gaps.take(answer) ?? []);
}

/** As lines: who uses it, or how sure it is that nobody does. */
export function sayDashboards(answer: DashboardsAnswer): readonly string[] {
  const { users, read, partly, because } = answer;
  if (users === undefined) return [because];
  const some = partly ? `${read} dashboards that could be read` : `${read} dashboards`;
  if (users.length === 0) return [`none of Grafana's ${some} names it`];
  return users.map(({ title, folder, panels }) => {
    const where = folder === undefined ? title : `${folder} / ${title}`;
    return `dashboard ${where}${panels.length > 0 ? `: ${panels.join(', ')}` : ''}`;
  });
}
