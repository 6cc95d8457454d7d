import { describe, expect, test } from 'vitest';
import { redact, redactShapes } from '../../src/tape/redact.ts';

const LOGS = { component: 'loki', path: '/loki/api/v1/query_range' };
const PODS = { component: 'kubernetes/central', path: '/api/v1/namespaces/shop/pods' };
const MAPS = { component: 'kubernetes/central', path: '/api/v1/namespaces/shop/configmaps' };
const CONFIG = { component: 'loki', path: '/config' };
const TRACE = { component: 'tempo', path: '/api/v2/traces/1' };

/** None of these may be left, wherever they stand. */
const CANARY = 'cAnAry-7f3a91';

/** A log line as Loki answers it: text, or JSON, in JSON. */
const line = (text: string): string => JSON.stringify({ values: [['1', text]] });

describe('no canary is left in', () => {
  test.each([
    ['a JSON log line', line(JSON.stringify({ msg: 'login', password: CANARY }))],
    ['a JSON log line with a quote in the secret', line(JSON.stringify({ password: `a"${CANARY}`, user: 'ann' }))],
    ['a JSON log line with a backslash in the secret', line(JSON.stringify({ password: `\\${CANARY}`, user: 'ann' }))],
    ['logfmt', line(`level=info db_password=${CANARY} took=3ms`)],
    ['quoted logfmt', line(`level=info db_password="two words ${CANARY}" took=3ms`)],
    ['a colon', line(`connecting with api-key: ${CANARY}, again`)],
    ['a bearer header', line(`GET / Authorization: Bearer ${CANARY} 200`)],
    ['a basic header', line(`GET / Authorization: Basic ${CANARY}== 200`)],
    ['a header in JSON', line(JSON.stringify({ headers: { Authorization: [`Bearer ${CANARY}`] } }))],
    ['a cookie', line(`Cookie: a=1; session=${CANARY}`)],
    ['a URL', line(`dial postgres://shop:${CANARY}@db:5432/shop failed`)],
    ['a URL in JSON', line(JSON.stringify({ url: `https://shop:${CANARY}@mimir/api` }))],
    ['a private key', line(`-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\n${CANARY}\n-----END RSA PRIVATE KEY-----`)],
    ['a private key that is cut off', line(`-----BEGIN PRIVATE KEY-----\n${CANARY}`)],
    ['a query string', line(`GET /login?user=ann&token=${CANARY}&x=1`)],
    ['a JWT', line(`x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${CANARY} y`)],
    ['python', line(`{'client_secret': '${CANARY}'}`)],
  ])('%s', (_name, text) => {
    const left = redact(text, LOGS, []);
    expect(left).not.toContain(CANARY);
    expect(left).toContain('[redacted]');
    expect(() => JSON.parse(left)).not.toThrow();
  });

  test.each([
    'AKIAIOSFODNN7EXAMPLE',
    `ghp_${'a1'.repeat(18)}`,
    `glsa_${'b2'.repeat(16)}`,
    `xoxb-${'1'.repeat(12)}-abc`,
  ])('a text with %s', (key) =>
    expect(redact(line(`found ${key} here`), LOGS, [])).toBe(line('found [redacted] here')),
  );

  test('a span: attributes called like secrets, and statements', () => {
    const text = JSON.stringify({
      attributes: [
        { key: 'http.request.header.authorization', value: { stringValue: CANARY } },
        { key: 'db.statement', value: { stringValue: `alter user x with password='${CANARY}'` } },
        { key: 'db.password', value: { stringValue: CANARY } },
      ],
    });
    expect(redact(text, TRACE, [])).not.toContain(CANARY);
  });

  test('a pod: variables, arguments, and the annotation that holds all of it once more', () => {
    const containers = [
      {
        env: [
          { name: 'DB_PASSWORD', value: CANARY },
          { name: 'GF_AUTH_TOKEN', value: `x"${CANARY}` },
          { name: 'OTEL_URL', value: `https://u:${CANARY}@otel` },
        ],
        args: [`--db.password=${CANARY}`, '--api-token', CANARY],
      },
    ];
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ spec: { containers } }),
    };
    const text = JSON.stringify({ items: [{ metadata: { annotations }, spec: { containers } }] });
    const left = redact(text, PODS, []);
    expect(left).not.toContain(CANARY);
    expect(redact(JSON.stringify(JSON.parse(text), null, 2), PODS, [])).not.toContain(CANARY);
    expect(JSON.parse(left).items[0].spec.containers[0].env[0]).toEqual({ name: 'DB_PASSWORD', value: '[redacted]' });
  });

  test('a ConfigMap: YAML and Alloy, whole lines, blocks, keys called like secrets', () => {
    const alloy = `remote.write "m" {\n  basic_auth {\n    username = "u"\n    password = "${CANARY}"\n  }\n  bearer_token = sys.env("T")\n  url = "https://u:${CANARY}@m/push"\n}\n`;
    const yaml = `a: 1\npassword: correct horse ${CANARY}\nprivate_key: |\n  ${CANARY}\n\n  ${CANARY}\nb: 2\ntls: {token: "${CANARY}"}\n`;
    const data = { 'config.alloy': alloy, 'loki.yaml': yaml, API_TOKEN: CANARY };
    const metadata = { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data }) } };
    const left = redact(JSON.stringify({ type: 'ADDED', object: { metadata, data } }), MAPS, []);
    expect(left).not.toContain(CANARY);
    const kept = JSON.parse(left).object.data;
    expect(kept['config.alloy']).toContain('    password = "[redacted]"\n  }\n  bearer_token = sys.env("T")\n');
    expect(kept['loki.yaml']).toContain(
      'a: 1\npassword: "[redacted]"\nprivate_key: |\n  [redacted]\n\n  [redacted]\nb: 2\n',
    );
  });

  test('a server’s own configuration', () => {
    const left = redact(
      `common:\n  storage:\n    s3:\n      secret_access_key: ${CANARY} x\n      access_key_id: "${CANARY}"\n`,
      CONFIG,
      [],
    );
    expect(left).not.toContain(CANARY);
  });

  test('whatever this program was let in with, even in a query', () => {
    expect(redact(line(`who sent ${CANARY}?`), LOGS, [CANARY])).not.toContain(CANARY);
    expect(redactShapes(`{a="b"} |= "${CANARY}"`, [CANARY])).toBe('{a="b"} |= "[redacted]"');
  });
});

describe('what is no secret stays', () => {
  test.each([
    ['a count', line('tokens=512 num_tokens: 128 token=3')],
    ['JSON of other kinds', '{"automountServiceAccountToken":false,"tokens":[1,2],"secretName":"x","password":""}'],
    ['a reference', '{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}'],
    ['a selector', '{service="payments", http_route="/charge"} | trace_id="acc546017c77cd72126cc8f588aa8018"'],
    [
      'metrics',
      '# HELP token_total Tokens.\nprometheus_remote_storage_shards{url="http://mimir:8080/api/v1/push"} 2\n',
    ],
    ['a path', line('GET /api/token/refresh 200')],
    // Prometheus took it out itself; an agent's configuration is compared with it.
    ['a URL without its password', 'prometheus_remote_storage_shards{url="https://bob:xxxxx@mimir/api/v1/push"} 2\n'],
  ])('%s', (_name, text) => expect(redact(text, LOGS, [])).toBe(text));

  test('a query is never changed by what it looks for', () => {
    const query = '{namespace="shop"} |~ "password=.*" | token="abc"';
    expect(redactShapes(query, [])).toBe(query);
  });
});
