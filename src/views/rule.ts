import { crumbOf } from './cardinality-words.ts';
import { loadRule, type RuleLine } from './rule-load.ts';
import { go, view } from './view.ts';

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
  crumb: (params) => params.label ?? crumbOf(params),
});
