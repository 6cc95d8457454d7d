import { judgeRow, suspectOf } from '../domain/cardinality.ts';
import type { DashboardUse } from '../domain/dashboards.ts';
import { metricSelector } from '../domain/questions-cardinality.ts';
import { type RelabelRule, rulesFor } from '../domain/relabel.ts';
import type { Json, Loaded, Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { formatCount } from '../domain/units.ts';
import { type RulerRule, usedBy } from '../domain/used-by.ts';
import { type Gaps, makeGaps } from './arrival.ts';
import { ruleJson, ruleUseJson } from './cardinality-load.ts';
import { loadTenantSeries } from './cardinality-tenant.ts';
import { type DashboardsAnswer, loadDashboards, sayDashboards } from './dashboards-load.ts';
import { countLabels } from './label-counts.ts';
import { learnRefusals } from './refusals.ts';
import type { LoadInput, Tone } from './view.ts';

/** A line of the report; `block` is what `c` copies from here: the whole rule. */
export interface RuleLine {
  readonly tenant: Tenant;
  readonly metric: string;
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly tone: Tone;
  readonly block?: string;
  readonly origin: Origin;
}

/** Values of the label that a keep-list would keep. */
const KEPT_VALUES = 10;

/** The rules of one metric with what they save and who would miss it. */
export async function* loadRule(input: LoadInput): AsyncGenerator<Loaded<RuleLine>> {
  const gaps = makeGaps();
  const target = await targetOf(input, gaps);
  if (typeof target === 'string') {
    yield { rows: [], gaps: gaps.list, complete: true, because: target };
    return;
  }
  const { tenant, metric } = target;
  const [counted, rules, limits] = await Promise.all([
    countLabels(input, tenant, metric, gaps),
    input.clients.mimir(tenant).rules(input.signal),
    input.clients.mimir(tenant).userLimits(input.signal),
  ]);
  const { origin, series } = counted;
  if (origin === undefined || series === undefined) {
    const because =
      counted.note ??
      (gaps.list.length > 0 ? 'nothing could be counted: see the gaps' : `no series are called ${metric}`);
    yield { rows: [], gaps: gaps.list, complete: true, because };
    return;
  }
  const label = input.params.label ?? counted.culprit?.label;
  const saving = counted.labels.find((one) => one.label === label);
  const found = rulesFor({
    metric,
    series,
    label,
    savedByLabel: saving?.seriesSaved,
    limit: limits.ok ? limits.value.get('max_global_series_per_metric') : undefined,
    keep:
      label === undefined || (saving?.values ?? 0) <= KEPT_VALUES
        ? undefined
        : await keepOf(input, tenant, metric, label),
  });
  const known = gaps.take(rules);
  const users = known && usedBy(metric, known);
  const [first, ...others] = found;
  const hint = input.onScreen ? '; c copies it' : '';
  const shown = (dashboards: DashboardsAnswer | undefined): Loaded<RuleLine> => ({
    rows: linesOf({ tenant, metric, series, found, users, dashboards, hint, origin }),
    gaps: gaps.list,
    complete: dashboards !== undefined,
    note: counted.note,
    // There `c` copies the whole rule.
    cursor: '0',
    extras: {
      tenant,
      metric,
      label: label ?? null,
      rule: first === undefined ? null : { ...ruleJson(first), others: others.map(ruleJson) },
      usedBy: users === undefined ? null : [...users.map(ruleUseJson), ...(dashboards?.users ?? []).map(dashboardJson)],
      dashboardsRead: dashboards?.users === undefined ? null : dashboards.read,
    },
  });
  // The rule is what somebody came for: who would miss the metric may take Grafana longer.
  yield shown(undefined);
  yield shown(await loadDashboards(input, metric, gaps));
}

const dashboardJson = ({ uid, title, folder, panels }: DashboardUse): { [field: string]: Json } => ({
  kind: 'dashboard',
  name: title,
  group: folder ?? null,
  uid,
  panels,
});

/** The metric that was named, else the most urgent of the tenants; a sentence where nothing needs a rule. */
async function targetOf(input: LoadInput, gaps: Gaps): Promise<{ tenant: Tenant; metric: string } | string> {
  const { metric } = input.params;
  const [only, ...others] = input.tenants;
  if (only === undefined) return 'no tenant is known: name one with --tenant';
  if (metric !== undefined && others.length === 0) return { tenant: only, metric };
  if (metric !== undefined) return 'a rule is for the agents of one tenant: name it with --tenant';
  const refusals = await learnRefusals(input, gaps);
  const parts = await Promise.all(input.tenants.map((tenant) => loadTenantSeries(input, tenant, refusals)));
  for (const gap of parts.flatMap((part) => part.gaps)) gaps.note(gap);
  const suspects = parts.flatMap(({ whole, metrics }) => {
    const urgent = others.length === 0 || (whole !== undefined && judgeRow(whole) === 'bad');
    const suspect = urgent ? suspectOf(metrics, (whole?.refused.length ?? 0) > 0) : undefined;
    return suspect === undefined ? [] : [suspect];
  });
  const chosen = suspectOf(suspects, true);
  return chosen?.metric === undefined
    ? 'nothing grows towards a limit: name a metric with --metric'
    : { tenant: chosen.tenant, metric: chosen.metric };
}

async function keepOf(input: LoadInput, tenant: Tenant, metric: string, label: string) {
  const answer = await input.clients
    .mimir(tenant)
    .cardinalityLabelValues(label, metricSelector(metric), 50, input.signal);
  if (!answer.ok) return undefined;
  const kept = answer.value.values.slice(0, KEPT_VALUES);
  // Where every value has the same few series, no list of values is worth keeping.
  if ((kept[0]?.series ?? 0) <= 1) return undefined;
  return { values: kept.map(({ value }) => value), series: kept.reduce((sum, { series }) => sum + series, 0) };
}

interface Shown {
  readonly tenant: Tenant;
  readonly metric: string;
  readonly series: number;
  readonly found: readonly RelabelRule[];
  readonly users: readonly RulerRule[] | undefined;
  /** Undefined: still being asked. */
  readonly dashboards: DashboardsAnswer | undefined;
  /** What a key does with the first rule, where there are keys. */
  readonly hint: string;
  readonly origin: Origin;
}

function linesOf({ tenant, metric, series, found, users, dashboards, hint, origin }: Shown): readonly RuleLine[] {
  const line = (id: string, label: string, text: string, tone: Tone = 'plain', block?: string): RuleLine => ({
    tenant,
    metric,
    id,
    label,
    text,
    tone,
    block,
    origin,
  });
  const head = [
    line('metric', 'metric', `${metric} of ${tenant}, ${formatCount(series)} series`),
    ...usedLines(users, dashboards).map(([text, tone], at) =>
      line(`used ${at}`, at === 0 ? 'used by' : '', text, tone),
    ),
  ];
  return [
    ...head,
    ...found.flatMap((each, at) => [
      line(
        `${at}`,
        `rule ${at + 1}`,
        `${each.does}: ${formatCount(each.seriesSaved)} series fewer${at === 0 ? hint : ''}`,
        'accent',
        each.alloy,
      ),
      ...(each.warning === undefined ? [] : [line(`${at} warning`, 'warning', each.warning, 'warn', each.alloy)]),
      ...blockLines(`${at} alloy`, 'Alloy', each.alloy).map(([id, label, text]) =>
        line(id, label, text, 'plain', each.alloy),
      ),
      ...blockLines(`${at} prometheus`, 'Prometheus', each.prometheus).map(([id, label, text]) =>
        line(id, label, text, 'plain', each.prometheus),
      ),
    ]),
    ...found.slice(0, 1).map((each) => line('place', 'where', placeOf(each), 'dim')),
  ];
}

/** Where a rule does what it says: in front of what sends. */
function placeOf({ alloy }: RelabelRule): string {
  const name = /^prometheus\.relabel "([^"]+)"/.exec(alloy)?.[1] ?? '';
  return `Alloy: what forwards to remote_write forwards to prometheus.relabel.${name}.receiver instead; Prometheus: in its scrape job, or under remote_write as write_relabel_configs`;
}

const blockLines = (id: string, label: string, block: string): readonly [string, string, string][] =>
  block
    .trimEnd()
    .split('\n')
    .filter((text) => text !== '')
    .map((text, at) => [`${id} ${at}`, at === 0 ? label : '', text]);

function usedLines(
  users: readonly RulerRule[] | undefined,
  dashboards: DashboardsAnswer | undefined,
): readonly [string, Tone][] {
  return [
    ...ruleLines(users),
    ...(dashboards === undefined
      ? [['dashboards are being read', 'dim'] as [string, Tone]]
      : sayDashboards(dashboards).map((text): [string, Tone] => [text, dashboardTone(dashboards)])),
  ];
}

const dashboardTone = ({ users, partly }: DashboardsAnswer): Tone =>
  users === undefined ? 'unknown' : users.length > 0 ? 'warn' : partly ? 'unknown' : 'good';

function ruleLines(users: readonly RulerRule[] | undefined): readonly [string, Tone][] {
  if (users === undefined) return [['rules could not be asked: whoever needs this metric is not known', 'unknown']];
  if (users.length === 0) return [['no rule of the ruler names it', 'good']];
  return users.map(({ kind, name, group, state }) => [
    `${kind === 'alerting' ? 'alert' : 'rule'} ${name} (${group})${state === undefined ? '' : `, ${state}`}`,
    'warn',
  ]);
}
