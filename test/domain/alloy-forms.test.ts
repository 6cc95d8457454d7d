import { describe, expect, test } from 'vitest';
import { parseAlloy } from '../../src/domain/alloy.ts';
import { endpointsOf } from '../../src/domain/alloy-endpoints.ts';
import { tenantFindings } from '../../src/domain/alloy-tenants.ts';
import { type Agent, readConfig } from '../../src/domain/fleet.ts';
import { agentConfigHop, agentsOfTenant } from '../../src/domain/why-agents.ts';

/** Written by hand after what Helm's alloy chart and k8s-monitoring render; all 165 examples of the latter were read once. */
const REMOTE_WRITE = `prometheus.remote_write "metrics" {
  endpoint {
    url = "https://mimir.example.com/api/v1/push"
    headers = {
    }
    write_relabel_config {
      source_labels = ["cluster"]
      regex = ""
      replacement = "eu-1"
      target_label = "cluster"
    }
  }
}
`;
const LOKI = `loki.process "to_loki" {
  stage.static_labels {
    values = {
      cluster = "eu-1",
    }
  }
  forward_to = [loki.write.logs.receiver]
}
loki.write "logs" {
  endpoint {
    url = convert.nonsensitive(remote.kubernetes.secret.loki.data["host"]) + "/loki/api/v1/push"
    tenant_id = convert.nonsensitive(remote.kubernetes.secret.loki.data["tenantId"])
  }
}
`;

/** A feature that is declared once and used with its destinations; the tenant is taken from who sends. */
const feature = (inside: { grpc: string; batch: string }) => `declare "application_observability" {
  argument "traces_destinations" {
    comment = "where to"
  }
  otelcol.receiver.otlp "in" {
    grpc {
      ${inside.grpc}
    }
    output {
      traces = [otelcol.processor.batch.all.input]
    }
  }
  otelcol.processor.batch "all" {
    ${inside.batch}
    output {
      traces = argument.traces_destinations.value
    }
  }
}
application_observability "feature" {
  traces_destinations = [
    otelcol.processor.transform.tempo.input,
  ]
}
otelcol.processor.transform "tempo" {
  trace_statements {
    context = "resource"
    statements = [
      \`set(attributes["cluster"], "eu-1")\`,
    ]
  }
  output {
    traces = [otelcol.exporter.otlp.tempo.input]
  }
}
otelcol.exporter.otlp "tempo" {
  client {
    endpoint = "tempo.example.com:443"
    auth = otelcol.auth.headers.tenant.handler
  }
}
otelcol.auth.headers "tenant" {
  header {
    key = "X-Scope-OrgID"
    from_context = "x-scope-orgid"
  }
}
`;
const KEPT = { grpc: 'include_metadata = true', batch: 'metadata_keys = ["x-scope-orgid"]' };

const findings = (text: string) =>
  tenantFindings(parseAlloy(text)).map(({ id, component, line }) => `${id} ${component} ${line}`);
const clusters = (text: string) => endpointsOf(parseAlloy(text)).map(({ cluster }) => cluster?.value);

const agentWith = (data: Readonly<Record<string, string>>): Agent => {
  const config = readConfig({ namespace: 'monitoring', name: 'k8smon-alloy', labels: {}, data });
  if (config === undefined) throw new Error('no configuration');
  return {
    ...{ context: 'eu', namespace: 'monitoring', pod: 'alloy-0', node: 'node-1', ready: true, port: 12_345, config },
    alsoKnownAs: [...new Set(config.endpoints.flatMap(({ cluster }) => cluster?.value ?? []))],
  };
};

describe('what k8s-monitoring renders', () => {
  test('the cluster is told by a rule of the endpoint, by a label on the way, by a statement', () => {
    expect(clusters(REMOTE_WRITE)).toEqual(['eu-1']);
    expect(clusters(LOKI)).toEqual(['eu-1']);
    expect(clusters(feature(KEPT))).toEqual(['eu-1']);
    expect(clusters(REMOTE_WRITE.replace('"eu-1"', '"$1"'))).toEqual([undefined]);
  });

  test('an empty list of headers is none; a tenant from a secret is unknown', () => {
    expect(findings(REMOTE_WRITE)).toEqual(['no-tenant prometheus.remote_write.metrics 2']);
    expect(findings(LOKI)).toEqual(['tenant-unknown loki.write.logs 10']);
  });

  test('the way into a declared feature and out of it is followed: what loses the sender’s tenant is named', () => {
    expect(findings(feature(KEPT))).toEqual([]);
    expect(findings(feature({ ...KEPT, grpc: 'endpoint = "0.0.0.0:4317"' }))).toEqual([
      'context-lost otelcol.receiver.otlp.in 5',
    ]);
    expect(findings(feature({ ...KEPT, batch: 'timeout = "2s"' }))).toEqual([
      'context-lost otelcol.processor.batch.all 13',
    ]);
  });
});

describe('why, by such a configuration', () => {
  test('an agent whose only name is its cluster label is the tenant’s own', () => {
    const agent = agentWith({ 'config.alloy': REMOTE_WRITE });
    expect(agentsOfTenant([agent], 'eu-1')).toEqual([agent]);
    const hop = agentConfigHop([agent], 'eu-1', 'metrics');
    expect(hop).toMatchObject({ verdict: 'bad', cause: 'no-header' });
    expect(hop.because).toBe(
      'the agent on node-1 sends no X-Scope-OrgID; ConfigMap k8smon-alloy, line 2 of config.alloy (prometheus.remote_write.metrics)',
    );
  });

  test('a secret is unknown, and says so; who loses its senders’ tenant is bad, with file and line', () => {
    expect(agentConfigHop([agentWith({ 'config.alloy': LOKI })], 'eu-1', 'logs')).toMatchObject({ verdict: 'unknown' });
    const lossy = agentWith({ 'config.alloy': feature({ ...KEPT, batch: '' }) });
    const hop = agentConfigHop([lossy], 'eu-1', 'traces');
    expect(hop).toMatchObject({
      verdict: 'bad',
      cause: 'context-lost',
      next: expect.stringContaining('metadata_keys'),
    });
    expect(hop.because).toMatch(/ConfigMap k8smon-alloy, line 13 of config\.alloy/);
    const kept = agentConfigHop([agentWith({ 'config.alloy': feature(KEPT) })], 'eu-1', 'traces');
    expect(kept).toMatchObject({ verdict: 'unknown' });
  });

  test('of several files the one that sends is the agent’s', () => {
    const agent = agentWith({ 'a-module.alloy': 'declare "nothing" {}\n', 'config.alloy': REMOTE_WRITE, note: 'text' });
    expect(agent.config).toMatchObject({ file: 'config.alloy' });
  });
});

test.each([
  // Source: net/url URL.Redacted, which Prometheus uses for the label `url`: the two are compared.
  ['https://bob:hunter2@mimir.example.com/api/v1/push', 'https://bob:xxxxx@mimir.example.com/api/v1/push'],
  ['https://bob:hun@ter2@mimir.example.com/push?by=a@b', 'https://bob:xxxxx@mimir.example.com/push?by=a@b'],
  ['https://bob:hun/ter2@mimir.example.com/api/v1/push', 'https://bob:xxxxx@mimir.example.com/api/v1/push'],
  ['https://:hunter2@mimir.example.com/api/v1/push', 'https://:xxxxx@mimir.example.com/api/v1/push'],
  ['bob:hunter2@tempo.example.com:4317', 'bob:xxxxx@tempo.example.com:4317'],
  ['https://bob@mimir.example.com/api/v1/push', 'https://bob@mimir.example.com/api/v1/push'],
  ['https://mimir.example.com:9009/push/me@home', 'https://mimir.example.com:9009/push/me@home'],
  ['mimir:9009/push?by=me@home', 'mimir:9009/push?by=me@home'],
])('a password in a URL goes nowhere: %s', (url, shown) => {
  const texts = [
    `prometheus.remote_write "m" {\n endpoint {\n url = "${url}"\n }\n}\n`,
    `loki.write "m" {\n endpoint {\n url = "${url}"\n }\n}\n`,
    `otelcol.exporter.otlp "m" {\n client {\n endpoint = "${url}"\n }\n}\n`,
  ];
  const endpoints = texts.flatMap((text) => endpointsOf(parseAlloy(text)));
  expect(endpoints.map((endpoint) => endpoint.url)).toEqual([shown, shown, shown]);
});
