import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Answered, Asked } from '../../src/domain/exchange.ts';
import type { Json } from '../../src/domain/result.ts';
import { INCIDENT_FILE } from '../demo.ts';
import made from '../fixtures/made-cardinality.json' with { type: 'json' };
import { at } from './cardinality-world.ts';

const folder =
  process.env['LGTM_TUI_RECORDINGS'] ?? fileURLToPath(new URL('../../../shared/recordings', import.meta.url));
const SHIPPED = `${folder}/incident.ndjson.zst`;

/** Seconds after the recording's start at which the series limit of staging's metric begins to refuse samples. */
const REFUSED_FROM = 605;
const DISABLED: Answered = { ok: true, status: 400, headers: {}, text: made.disabled.text, atUnix: 0 };

type Limits = readonly {
  tenant: string;
  name: string;
  metric?: string;
  secondsToLimit: number | null;
  reachedUnix: number | null;
}[];

const perMetric = (limits: Json | undefined) =>
  (limits as unknown as Limits).find(({ tenant, metric }) => tenant === 'staging' && metric === 'checkout_step_total');

const CULPRIT = { tenant: 'staging', metric: 'checkout_step_total', label: 'session' };

describe('the bundled recording', () => {
  test.each([400, 450, 500, 540, 570])(
    '%d s in: who is to blame, and when it will refuse data within 15 %',
    async (seconds) => {
      const { loaded, rows } = await at(seconds, 'cardinality');
      expect(loaded.gaps).toEqual([]);
      expect(loaded.extras?.culprit).toMatchObject(CULPRIT);
      const left = perMetric(loaded.extras?.limits)?.secondsToLimit ?? Number.NaN;
      expect(Math.abs(left / (REFUSED_FROM - seconds) - 1)).toBeLessThan(0.15);
      expect(rows[0]).toMatchObject({ tenant: 'staging', metric: null, verdict: 'bad' });
      expect(rows[1]).toMatchObject({ metric: 'checkout_step_total', labels: expect.arrayContaining([]) });
    },
  );

  test('after it nothing is left, and since when is said', async () => {
    const { loaded, startUnix } = await at(720, 'cardinality');
    const limit = perMetric(loaded.extras?.limits);
    expect(limit?.secondsToLimit).toBe(0);
    expect(Math.abs((limit?.reachedUnix ?? 0) - startUnix - REFUSED_FROM)).toBeLessThan(15);
    expect(loaded.extras?.culprit).toMatchObject(CULPRIT);
  });

  test('the rule names the label, what it saves, and that series would collide', async () => {
    const { loaded } = await at(720, 'rule');
    expect(loaded.extras?.rule).toMatchObject({ action: 'drop-label', collides: true });
    expect(JSON.stringify(loaded.extras?.rule)).toContain('sample_duplicate_timestamp');
    expect(loaded.rows.length).toBeGreaterThan(10);
  });

  test('from any screen it is five keys to the rule: ":ca", enter, r', async () => {
    const { view, loaded } = await at(500, 'cardinality');
    expect(view.aliases).toContain('ca');
    const key = view.keys.find((one) => one.key === 'r');
    const intent = key?.on(loaded.rows[0], { params: {}, rows: loaded.rows });
    if (intent?.do !== 'go') throw new Error('r does not lead anywhere');
    const rule = await at(500, intent.view, intent.params);
    expect(rule.loaded.extras).toMatchObject({ metric: 'checkout_step_total', label: 'session' });
    const { body } = rule.view;
    if (body.kind !== 'report') throw new Error(body.kind);
    const block = rule.loaded.rows
      .map((row) => body.copied?.(row) ?? '')
      .find((text) => text.includes('prometheus.relabel'));
    expect(block?.split('\n').length).toBeGreaterThan(5);
  });

  test('--fail-within decides alone, and only where a limit could be judged', async () => {
    const { view, loaded } = await at(500, 'cardinality');
    const calm = { ...loaded, rows: loaded.rows.filter((row) => view.origin(row)?.tenant === 'production-eu-west') };
    expect(view.decides?.(loaded, { failWithin: '24h' })).toBe(true);
    expect(view.decides?.(calm, { failWithin: '24h' })).toBe(false);
    expect(view.decides?.({ ...loaded, rows: [] }, { failWithin: '24h' })).toBeUndefined();
    expect(view.decides?.(loaded, {})).toBeUndefined();
  });

  test('--metric shows one metric with its labels, --top so many of each tenant', async () => {
    const one = await at(500, 'cardinality', { metric: 'checkout_step_total' });
    expect(one.rows).toHaveLength(1);
    expect(one.rows[0]?.labels).toMatchObject([{ label: 'session' }, { label: 'step' }, {}, {}, {}, {}, {}]);
    const top = await at(500, 'cardinality', { top: '2' });
    expect(top.rows.filter(({ tenant, signal }) => tenant === 'staging' && signal === 'metrics')).toHaveLength(3);
  });

  test('labels: the culprit first, with what it saves; values: those with most series', async () => {
    const labels = await at(720, 'labels', { tenant: 'staging', metric: 'checkout_step_total' });
    expect(labels.rows[0]).toMatchObject({ label: 'session', culprit: true });
    const values = await at(720, 'values', { tenant: 'staging', metric: 'checkout_step_total', label: 'session' });
    expect(values.rows).toHaveLength(50);
    expect(values.loaded.note).toMatch(/50 of \d+ values/);
  });

  test('an id that is an index label of log streams is told, with the streams it makes', async () => {
    const { loaded, rows } = await at(720, 'cardinality');
    const streams = rows.filter(({ signal }) => signal === 'logs');
    expect(streams.find(({ tenant }) => tenant === 'staging')).toMatchObject({
      verdict: 'bad',
      because: expect.stringContaining('trace_id is an index label'),
    });
    expect(streams.find(({ tenant }) => tenant === 'production-us-east')).toMatchObject({ verdict: 'good' });
    expect(loaded.extras?.streams).toMatchObject([{}, {}, { tenant: expect.any(String), labels: expect.any(Array) }]);
    const labels = await at(720, 'labels', { tenant: 'staging' });
    expect(labels.rows[0]).toMatchObject({ label: 'trace_id', culprit: true });
  });

  test('limits: the fullest first, and where each comes from', async () => {
    const { rows } = await at(500, 'limits');
    expect(rows[0]).toMatchObject({
      tenant: 'staging',
      name: 'max_global_series_per_metric',
      value: 6000,
      from: 'runtime',
    });
    const retention = rows.filter(({ name }) => String(name).includes('retention'));
    expect(new Set(retention.map(({ signal }) => signal))).toEqual(new Set(['metrics', 'logs']));
  });
});

test('a metric that explodes is found while it is still small among large ones', async () => {
  const ten = Array.from({ length: 10 }, (_, at) => `big_${at}`);
  const asked: string[] = [];
  const { loaded, rows } = await at(450, 'cardinality', { tenant: 'staging' }, INCIDENT_FILE, ({ path, params }) => {
    const query = params.find(([name]) => name === 'query')?.[1] ?? '';
    const end = Number(params.find(([name]) => name === 'end')?.[1]);
    const series = (metric: string, value: (index: number) => number) => ({
      metric: { __name__: metric },
      values: Array.from({ length: 60 }, (_, index) => [end - 15 * (59 - index), String(value(index))]),
    });
    const matrix = (result: unknown) => ({ ...DISABLED, status: 200, text: answer('matrix', result) });
    if (query.startsWith('topk(10')) return matrix(ten.map((metric) => series(metric, () => 3000)));
    if (query.startsWith('topk(5')) {
      asked.push(query);
      const result = [{ metric: { metric: 'checkout_step_total' }, value: [0, '3451'] }];
      return { ...DISABLED, status: 200, text: answer('vector', result) };
    }
    if (path.endsWith('query_range') && query.includes('__name__="checkout_step_total"'))
      return matrix([series('checkout_step_total', (index) => Math.max(91, 91 + (index - 40) * 210))]);
    return undefined;
  });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain('offset 900s');
  expect(loaded.extras?.culprit).toMatchObject(CULPRIT);
  expect(rows.find(({ metric }) => metric === 'checkout_step_total')).toMatchObject({ growthPerMinute: 840 });
});

const answer = (resultType: string, result: unknown): string =>
  JSON.stringify({ status: 'success', data: { resultType, result } });

describe('what goes wrong', () => {
  const api = ({ path }: Asked): boolean => path.includes('/cardinality/');

  test('the cardinality API is off: PromQL counts, and says so', async () => {
    const { loaded, rows } = await at(500, 'cardinality', {}, INCIDENT_FILE, (asked) =>
      api(asked)
        ? DISABLED
        : asked.params.some(([, value]) => value.startsWith('topk(50'))
          ? { ...DISABLED, status: 200, text: '{"status":"success","data":{"resultType":"vector","result":[]}}' }
          : undefined,
    );
    expect(loaded.note).toContain('the cardinality API is off for staging: counted by PromQL');
    expect(rows[0]).toMatchObject({ tenant: 'staging', verdict: 'bad' });
  });

  test('ingesters that are down are a gap, not a zero', async () => {
    const down: Answered = { ok: true, status: 500, headers: {}, text: made.ringLost.text, atUnix: 0 };
    const { loaded, view } = await at(500, 'cardinality', {}, INCIDENT_FILE, ({ component }) =>
      component.startsWith('mimir') ? down : undefined,
    );
    const series = loaded.rows.map((row) => view.record(row)).filter(({ signal }) => signal === 'metrics');
    expect(series).toEqual([]);
    const ofMimir = loaded.gaps.filter(({ source }) => source.backend === 'mimir');
    expect(new Set(ofMimir.map(({ kind }) => kind))).toEqual(new Set(['server']));
    expect(view.decides?.(loaded, { failWithin: '24h' })).toBeUndefined();
  });

  test('limits are shown without their use, and the gap says why', async () => {
    const down: Answered = { ok: true, status: 500, headers: {}, text: made.ringLost.text, atUnix: 0 };
    const { loaded, rows } = await at(500, 'limits', {}, INCIDENT_FILE, (asked) =>
      api(asked) || asked.path.endsWith('user_stats') ? down : undefined,
    );
    expect(rows.find(({ name }) => name === 'max_global_series_per_user')).toMatchObject({ used: null, share: null });
    expect(loaded.gaps.map(({ kind }) => kind)).toContain('server');
  });

  test('more than a million series: nothing that touches them all is asked', async () => {
    const asked: string[] = [];
    const { loaded } = await at(500, 'cardinality', { tenant: 'staging' }, INCIDENT_FILE, (question) => {
      asked.push(...question.params.map(([, value]) => value));
      if (!api(question)) return undefined;
      const text =
        '{"series_count_total":2000000,"labels":[{"label_name":"__name__","series_count":2000000,"cardinality":[]}]}';
      return { ok: true, status: 200, headers: {}, text, atUnix: 0 };
    });
    expect(asked.filter((text) => text.includes('=~".+"'))).toEqual([]);
    expect(loaded.note).toContain('--deep');
  });
});

describe.skipIf(!existsSync(SHIPPED))(
  'the shipped recording (skipped where it is not at hand)',
  () => {
    test.each([360, 420, 480, 540, 570])('%d s in: culprit, and time to limit within 15 %', async (seconds) => {
      const { loaded } = await at(seconds, 'cardinality', {}, SHIPPED);
      expect(loaded.gaps).toEqual([]);
      expect(loaded.extras?.culprit).toMatchObject(CULPRIT);
      const left = perMetric(loaded.extras?.limits)?.secondsToLimit ?? Number.NaN;
      expect(Math.abs(left / (REFUSED_FROM - seconds) - 1)).toBeLessThan(0.15);
    });

    test('before it began nothing is said to explode', async () => {
      const { loaded, rows } = await at(150, 'cardinality', {}, SHIPPED);
      expect(loaded.extras?.culprit).toBeNull();
      expect(rows.filter(({ verdict, signal }) => verdict === 'bad' && signal === 'metrics')).toEqual([]);
    });
  },
  60_000,
);
