import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseAlloy } from '../../src/domain/alloy.ts';
import { endpointsOf } from '../../src/domain/alloy-endpoints.ts';
import { tenantFindings } from '../../src/domain/alloy-tenants.ts';

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const found = (text: string): readonly string[] =>
  tenantFindings(parseAlloy(text)).map(({ id, component, line }) => `${id} ${component} ${line}`);
const tenantOf = (text: string) => endpointsOf(parseAlloy(text))[0]?.tenant;

test('edge-dev: no tenant on any of the three signals, each with its line', () => {
  expect(found(fixture('alloy-edge-recorded.alloy'))).toEqual([
    'no-tenant loki.write.loki 21',
    'no-tenant prometheus.remote_write.mimir 28',
    'no-tenant otelcol.exporter.otlphttp.tempo 58',
  ]);
});

test('the healthy agents have no findings, and send all three signals as one tenant', () => {
  const text = fixture('alloy-central-recorded.alloy');
  expect(found(text)).toEqual([]);
  const endpoints = endpointsOf(parseAlloy(text));
  expect(
    endpoints.map(({ component, signals, tenant }) => [
      component,
      signals.join(),
      tenant.state === 'set' && tenant.tenant,
    ]),
  ).toEqual([
    ['loki.write.loki', 'logs', 'production-us-east'],
    ['prometheus.remote_write.mimir', 'metrics', 'production-us-east'],
    ['otelcol.exporter.otlphttp.tempo', 'traces', 'production-us-east'],
  ]);
});

test('k8s-monitoring: secrets and environment are unknown, never missing; what loses a sender’s tenant is named', () => {
  const text = fixture('made-k8s-monitoring.alloy');
  expect(found(text)).toEqual([
    'tenant-unknown prometheus.remote_write.metricstore 14',
    'tenant-unknown loki.write.logstore 54',
    'context-lost otelcol.receiver.otlp.receiver 85',
    'context-lost otelcol.processor.batch.batch 99',
  ]);
  expect(endpointsOf(parseAlloy(text))[0]).toMatchObject({ keepaliveSeconds: 21_600, truncateSeconds: 7_200 });
});

describe('one endpoint', () => {
  const write = (inside: string, outside = '') =>
    `prometheus.remote_write "a" {\n endpoint {\n  url = "http://m"\n  ${inside}\n }\n ${outside}\n}\n`;
  test.each<[string, string, object]>([
    ['plain', 'headers = { "X-Scope-OrgID" = "a" }', { state: 'set', tenant: 'a', line: 4 }],
    ['in any case', 'headers = { "x-scope-orgid" = "a" }', { state: 'set', tenant: 'a' }],
    ['http_headers are lists', 'http_headers = { "X-Scope-OrgID" = ["a"] }', { state: 'set', tenant: 'a' }],
    ['put together', 'headers = { "X-Scope-OrgID" = "a" + "-b" }', { state: 'set', tenant: 'a-b' }],
    ['another header', 'headers = { "X-Team" = "a" }', { state: 'missing', line: 2 }],
    ['an empty one', 'headers = { "X-Scope-OrgID" = "" }', { state: 'missing', line: 4 }],
    ['commented out', '// headers = { "X-Scope-OrgID" = "a" }', { state: 'missing', line: 2 }],
    ['in a text that is no header', 'name = "X-Scope-OrgID"', { state: 'missing' }],
    ['computed', 'headers = { "X-Scope-OrgID" = sys.env("T") }', { state: 'unknown' }],
    ['headers from elsewhere', 'headers = local.file.h.content', { state: 'unknown' }],
    ['a login instead', 'basic_auth { username = "u" }', { state: 'unknown' }],
  ])('%s', (_what, inside, tenant) => {
    expect(tenantOf(write(inside))).toMatchObject(tenant);
  });

  test('a header that is not its cluster', () => {
    expect(
      found(write('headers = { "X-Scope-OrgID" = "staging" }', 'external_labels = { cluster = "production" }')),
    ).toEqual(['tenant-is-not-cluster prometheus.remote_write.a 4']);
  });

  describe('what its cluster is called', () => {
    const clusterOf = (rule: string, inside = '', outside = '') =>
      endpointsOf(
        parseAlloy(
          `prometheus.relabel "r" {\n forward_to = [prometheus.remote_write.a.receiver]\n rule {\n ${rule}\n target_label = "cluster"\n replacement = "system"\n }\n}\n${write(inside, outside)}`,
        ),
      )[0]?.cluster?.value;
    const external = (name: string): string => `external_labels = { cluster = "${name}" }`;
    const ruleOf = (name: string): string =>
      `write_relabel_config {\n target_label = "cluster"\n replacement = "${name}"\n }`;
    test.each([
      ['a rule for all', '', 'system'],
      ['one that says so', 'regex = "(.*)"', 'system'],
      ['only of what matches', 'source_labels = ["namespace"]\n regex = "kube-system"', undefined],
      ['only of what has the label', 'source_labels = ["namespace"]\n regex = "(.+)"', undefined],
      ['only of what has none', 'source_labels = ["cluster"]\n regex = ""', 'system'],
      ['only of what has no namespace', 'source_labels = ["namespace"]\n regex = ""', undefined],
      ['by a pattern nobody can read here', 'source_labels = ["namespace"]\n regex = argument.p.value', undefined],
    ])('%s', (_what, rule, cluster) => expect(clusterOf(rule)).toBe(cluster));
    test('two names for it are none', () => expect(clusterOf('', '', external('prod'))).toBeUndefined());
    test('the same name twice is one', () => expect(clusterOf('', '', external('system'))).toBe('system'));
    test('a conditional rule leaves the label that is put on all', () =>
      expect(clusterOf('source_labels = ["namespace"]\n regex = "a"', '', external('prod'))).toBe('prod'));
    test('what is given only where there is none yields to what is given to all', () =>
      expect(clusterOf('source_labels = ["cluster"]\n regex = ""', '', external('prod'))).toBe('prod'));
    test('the endpoint’s own rule comes last, and decides', () =>
      expect(clusterOf('', ruleOf('edge'), external('prod'))).toBe('edge'));
  });

  test('a stage decides for loki.write', () => {
    const text = (stage: string) =>
      `loki.process "p" {\n stage.tenant {\n ${stage}\n }\n forward_to = [loki.write.l.receiver]\n}\nloki.write "l" {\n endpoint { url = "http://l" }\n}`;
    expect(tenantOf(text('value = "a"'))).toMatchObject({ state: 'set', tenant: 'a', by: 'stage.tenant' });
    expect(tenantOf(text('label = "namespace"'))).toMatchObject({ state: 'unknown' });
  });

  test('an auth extension sets it, also for one that is defined below', () => {
    const text = (header: string) =>
      `otelcol.exporter.otlphttp "t" {\n client {\n endpoint = "http://t"\n auth = otelcol.auth.headers.h.handler\n }\n}\notelcol.auth.headers "h" {\n header {\n ${header}\n }\n}`;
    expect(tenantOf(text('key = "X-Scope-OrgID"\n value = "a"'))).toMatchObject({ state: 'set', tenant: 'a' });
    expect(tenantOf(text('key = "X-Team"\n value = "a"'))).toMatchObject({ state: 'missing' });
    expect(tenantOf(text('key = "X-Scope-OrgID"\n from_context = "x-scope-orgid"'))).toMatchObject({
      state: 'unknown',
      fromContext: 'x-scope-orgid',
    });
  });

  test('signals that no tenant has in common', () => {
    const logs = 'loki.write "l" {\n endpoint {\n url = "http://l"\n tenant_id = "b"\n }\n}\n';
    expect(found(write('headers = { "X-Scope-OrgID" = "a" }') + logs)).toEqual(['signals-differ loki.write.l 11']);
  });

  test('what keeps a sender’s tenant is not complained about', () => {
    const kept = fixture('made-k8s-monitoring.alloy')
      .replace('endpoint = "0.0.0.0:4318"', 'include_metadata = true')
      .replace('timeout = "2s"', 'metadata_keys = ["X-Scope-OrgID"]');
    expect(found(kept).filter((line) => line.startsWith('context-lost'))).toEqual([]);
  });
});
