import { judgeRow, suspectOf } from '../domain/cardinality.ts';
import { metricSelector } from '../domain/questions-cardinality.ts';
import { type RelabelRule, rulesFor } from '../domain/relabel.ts';
import type { Loaded, Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { formatCount } from '../domain/units.ts';
import { type RulerRule, usedBy } from '../domain/used-by.ts';
import { type Gaps, makeGaps } from './arrival.ts';
import { ruleJson, ruleUseJson } from './cardinality-load.ts';
import { loadTenantSeries } from './cardinality-tenant.ts';
import { countLabels } from './label-counts.ts';
import { learnRefusals } from './refusals.ts';
import { go, type LoadInput, type Tone, view } from './view.ts';

/** A line of the report; `block` is what `c` copies from here: the whole rule. */
interface RuleLine {
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

/** The relabel rules that stop a metric, for Alloy and for Prometheus, with what they save and break. */
export const rule = view<RuleLine>({
  id: 'rule',
  aliases: ['ru', 'relabel'],
  about: 'the relabel rule that stops a metric or a label, for Alloy and Prometheus',
  everySeconds: 0,
  flags: [
    { flag: 'metric', param: 'metric', about: 'of this metric; the most urgent one unless given', value: 'M' },
    { flag: 'label', param: 'label', about: 'drop this label; the culprit unless given', value: 'L' },
  ],
  load: loadRule,
  summary: () => [],
  body: {
    kind: 'report',
    rowId: (line) => line.id,
    label: (line) => line.label,
    text: (line) => line.text,
    tone: (line) => line.tone,
    copied: (line) => line.block ?? line.text,
  },
  keys: [
    {
      key: 'enter',
      does: 'the labels of the metric',
      on: (line) => go('labels', { tenant: line.tenant, metric: line.metric }),
    },
  ],
  record: (line) => ({ tenant: line.tenant, metric: line.metric, label: line.label, text: line.text }),
  origin: (line) => line.origin,
  details: (line) => [
    ['tenant', line.tenant],
    ['metric', line.metric],
    [line.label, line.text],
    ...(line.block ?? '')
      .split('\n')
      .filter((text) => text !== '')
      .map((text): [string, string] => ['', text]),
  ],
  crumb: (params) => params.label ?? params.metric ?? '',
});

async function* loadRule(input: LoadInput): AsyncGenerator<Loaded<RuleLine>> {
  const gaps = makeGaps();
  const target = await targetOf(input, gaps);
  if (typeof target === 'string') {
    yield { rows: [], gaps: gaps.list, complete: true, because: target };
    return;
  }
  const { tenant, metric } = target;
  const [counted, rules] = await Promise.all([
    countLabels(input, tenant, metric, gaps),
    input.clients.mimir(tenant).rules(input.signal),
  ]);
  if (counted.origin === undefined || counted.series === undefined) {
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
    series: counted.series,
    label,
    savedByLabel: saving?.seriesSaved,
    keep:
      label === undefined || (saving?.values ?? 0) <= KEPT_VALUES
        ? undefined
        : await keepOf(input, tenant, metric, label),
  });
  const known = gaps.take(rules);
  const users = known && usedBy(metric, known);
  const [first, ...others] = found;
  yield {
    rows: linesOf(tenant, metric, counted.series, found, users, counted.origin),
    gaps: gaps.list,
    complete: true,
    note: counted.note,
    extras: {
      tenant,
      metric,
      label: label ?? null,
      rule: first === undefined ? null : { ...ruleJson(first), others: others.map(ruleJson) },
      usedBy: users === undefined ? null : users.map(ruleUseJson),
    },
  };
}

/** The metric that was named, else the most urgent of the tenants; a sentence where nothing needs a rule. */
async function targetOf(input: LoadInput, gaps: Gaps): Promise<{ tenant: Tenant; metric: string } | string> {
  const { metric } = input.params;
  const [only, ...others] = input.tenants;
  if (only === undefined) return 'no tenant is known: name one with --tenant';
  if (metric !== undefined && others.length === 0) return { tenant: only, metric };
  if (metric !== undefined) return 'a rule is for the agents of one tenant: name it with --tenant';
  const refusals = await learnRefusals(input, gaps);
  const parts = await Promise.all(
    input.tenants.map((tenant) => loadTenantSeries(input, tenant, refusals.byTenant.get(tenant) ?? [])),
  );
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

function linesOf(
  tenant: Tenant,
  metric: string,
  series: number,
  rules: readonly RelabelRule[],
  users: readonly RulerRule[] | undefined,
  origin: Origin,
): readonly RuleLine[] {
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
    ...usedLines(users).map(([text, tone], at) => line(`used ${at}`, at === 0 ? 'used by' : '', text, tone)),
  ];
  return [
    ...head,
    ...rules.flatMap((each, at) => [
      line(
        `${at}`,
        `rule ${at + 1}`,
        `${each.does}: ${formatCount(each.seriesSaved)} series fewer`,
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
  ];
}

const blockLines = (id: string, label: string, block: string): readonly [string, string, string][] =>
  block
    .trimEnd()
    .split('\n')
    .filter((text) => text !== '')
    .map((text, at) => [`${id} ${at}`, at === 0 ? label : '', text]);

function usedLines(users: readonly RulerRule[] | undefined): readonly [string, Tone][] {
  if (users === undefined) return [['rules could not be asked: whoever needs this metric is not known', 'unknown']];
  if (users.length === 0) return [['no rule of the ruler names it; dashboards were not asked', 'good']];
  return users.map(({ kind, name, group, state }) => [
    `${kind === 'alerting' ? 'alert' : 'rule'} ${name} (${group})${state === undefined ? '' : `, ${state}`}`,
    'warn',
  ]);
}
