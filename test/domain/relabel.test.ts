import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { limitFrom, limitShare, sayLimitValue } from '../../src/domain/limits.ts';
import { rulesFor } from '../../src/domain/relabel.ts';
import { knownOffender, type RulerRule, usedBy } from '../../src/domain/used-by.ts';
import { tenantOf } from '../clients/server.ts';

const RULES = rulesFor({
  metric: 'checkout_step_total',
  series: 600,
  label: 'session',
  savedByLabel: 595,
  keep: { values: ['a.b', `it's "x"`], series: 2 },
});
const ruleOf = (action: string) => {
  const found = RULES.find((rule) => rule.action === action);
  if (!found) throw new Error(`no ${action}`);
  return found;
};

describe('the rule', () => {
  // A real Prometheus 3.5.3 that scraped 600 series with these blocks kept 5, none and 2 of them.
  test.each([
    ['drop-label', 595],
    ['drop-metric', 600],
    ['keep-list', 598],
  ])('%s says what it saves', (action, saved) => {
    expect(ruleOf(action).seriesSaved).toBe(saved);
  });

  test('empties the label of this metric only: labeldrop would take it from all', () => {
    expect(ruleOf('drop-label').prometheus).toBe(
      `metric_relabel_configs:
  - source_labels: ['__name__']
    regex: 'checkout_step_total'
    target_label: 'session'
    replacement: ''
`,
    );
    expect(ruleOf('drop-label').alloy).toBe(
      `prometheus.relabel "drop_session_of_checkout_step_total" {
  forward_to = [prometheus.remote_write.mimir.receiver]

  rule {
    source_labels = ["__name__"]
    regex         = "checkout_step_total"
    target_label  = "session"
    replacement   = ""
  }
}
`,
    );
  });

  test('warns that series collide exactly where dropping the label saves any', () => {
    expect(ruleOf('drop-label')).toMatchObject({
      collides: true,
      warning: expect.stringContaining('600 series become 5'),
    });
    const harmless = rulesFor({ metric: 'up', series: 10, label: 'zone', savedByLabel: 0 })[0];
    expect(harmless).toMatchObject({ action: 'drop-label', collides: false });
    expect(harmless?.warning).toBeUndefined();
    expect(ruleOf('drop-metric').collides).toBe(false);
  });

  test('says that a metric at its limit takes no new series, which those without the label are', () => {
    const full = (series: number, limit?: number) =>
      rulesFor({ metric: 'm', series, label: 'session', savedByLabel: series - 5, limit })[0]?.warning ?? '';
    expect(full(6000, 6000)).toContain('at its limit of 6000 the metric takes no new series');
    expect(full(3000, 6000)).not.toContain('takes no new series');
    expect(full(6000, 0)).not.toContain('takes no new series');
    expect(full(6000)).toContain('6000 series become 5');
  });

  test('quotes what is hostile or special in both languages', () => {
    const { alloy, prometheus } = ruleOf('keep-list');
    expect(alloy).toContain(String.raw`"checkout_step_total;(a\\.b|it's \"x\")"`);
    expect(prometheus).toContain(String.raw`'checkout_step_total;(a\.b|it''s "x")'`);
    expect(prometheus).toContain('labeldrop');
    const odd = rulesFor({ metric: 'a.b{"x"}\nforward_to', series: 1 })[0];
    expect(odd?.alloy.split('\n')[0]).toBe('prometheus.relabel "drop_a_b__x___forward_to" {');
    expect(odd?.prometheus.split('\n')).toHaveLength(5);
  });

  test('takes values that hold anything a label can', () => {
    const values = ['tab\there', 'new\nline', 'bell\u0007', 'back\\slash', 'a$b', 'del\u007f', '\u{1f600}'];
    const [, , kept] = rulesFor({ metric: 'm', series: 9, label: 'id', savedByLabel: 8, keep: { values, series: 6 } });
    // Go's strings and JSON's escape alike; the regular expression behind them must match each value again.
    const regex = /regex += ("m;.*")$/m.exec(kept?.alloy ?? '')?.[1] ?? '""';
    const matcher = new RegExp(`^(?:${JSON.parse(regex)})$`, 'u');
    expect(values.filter((value) => !matcher.test(`m;${value}`))).toEqual([]);
    expect(matcher.test('m;other')).toBe(false);
    const written = parse(kept?.prometheus ?? '') as { metric_relabel_configs: { regex: string }[] };
    expect(written.metric_relabel_configs[0]?.regex).toBe(JSON.parse(regex));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly what must not stand there.
    expect(kept?.prometheus).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  });

  test('never drops what makes a histogram or a summary', () => {
    expect(
      rulesFor({ metric: 'x_bucket', series: 9, label: 'le', savedByLabel: 8 }).map(({ action }) => action),
    ).toEqual(['drop-metric']);
  });
});

describe('used by', () => {
  const rule = (query: string): RulerRule => ({ kind: 'alerting', name: 'A', group: 'g', query });

  test('a metric is found as a whole word in any query', () => {
    expect(usedBy('up', [rule('sum(up == 0)'), rule('up'), rule('rate(up[5m])')])).toHaveLength(3);
    expect(usedBy('up', [rule('startup'), rule('up_total'), rule('job:up:sum')])).toEqual([]);
    expect(usedBy('up', [rule('startup or up')])).toHaveLength(1);
  });

  test('what cAdvisor multiplies is pointed out', () => {
    expect(knownOffender('container_tasks_state', 0.001)).toContain('cAdvisor');
    expect(knownOffender('container_network_receive_bytes_total', 0.2)).toContain('interface');
    expect(knownOffender('container_network_receive_bytes_total', 0.001)).toBeUndefined();
    expect(knownOffender('container_cpu_usage_seconds_total', 0.9)).toBeUndefined();
  });
});

describe('limits', () => {
  test('0 is unlimited, but of exemplars off, and of retention for ever', () => {
    expect(sayLimitValue({ name: 'max_global_series_per_user', value: 0 })).toBe('0: unlimited');
    expect(sayLimitValue({ name: 'max_global_exemplars_per_user', value: 0 })).toBe('0: exemplars are off');
    expect(sayLimitValue({ name: 'compactor_blocks_retention_period_seconds', value: 0 })).toBe('0: kept for ever');
    expect(sayLimitValue({ name: 'compactor_blocks_retention_period_seconds', value: 7_776_000 })).toBe('90d');
    expect(sayLimitValue({ name: 'max_query_bytes_read', value: '0B' })).toBe('0: unlimited');
    expect(sayLimitValue({ name: 'retention_period', value: '0s' })).toBe('0: kept for ever');
    expect(sayLimitValue({ name: 'retention_period', value: '1w' })).toBe('1w');
    expect(sayLimitValue({ name: 'compaction.block_retention', value: '336h0m0s' })).toBe('14d');
  });

  test('come from the tenant’s own override, from the server’s configuration, or from Mimir itself', () => {
    const own = new Map([['max_global_series_per_user', '9000']]);
    expect(limitFrom('max_global_series_per_user', 9000, own)).toBe('runtime');
    expect(limitFrom('max_global_series_per_user', 150_000, new Map())).toBe('default');
    expect(limitFrom('ingestion_rate', 100_000, new Map())).toBe('override');
    expect(limitFrom('ingestion_rate', 100_000, undefined)).toBe('unknown');
    expect(
      limitFrom(
        'compactor_blocks_retention_period_seconds',
        60,
        new Map([['compactor_blocks_retention_period', '1m']]),
      ),
    ).toBe('runtime');
  });

  test('without a limit there is no share of it', () => {
    const origin = { source: { backend: 'mimir', place: 'x' }, tenant: null, atUnix: 0, path: '', asked: '' } as const;
    const row = { tenant: tenantOf('a'), signal: 'metrics', name: 'x', from: 'default', used: 5, origin } as const;
    expect(limitShare({ ...row, value: 0 })).toBeUndefined();
    expect(limitShare({ ...row, value: 10 })).toBe(0.5);
  });
});
