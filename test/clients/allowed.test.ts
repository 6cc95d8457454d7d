import { describe, expect, test } from 'vitest';
import { mayGoOut } from '../../src/clients/allowed.ts';

/** Source: apis.md 0, and the route tables of the servers: a GET can be destructive. */
const DANGEROUS = [
  ['mimir', 'GET', '/ingester/flush'],
  ['mimir/ingester-0', 'GET', '/ingester/flush'],
  ['mimir', 'GET', '/ingester/shutdown'],
  ['mimir', 'POST', '/ingester/shutdown'],
  ['mimir', 'GET', '/ingester/prepare-shutdown'],
  ['mimir', 'POST', '/ingester/prepare-shutdown'],
  ['mimir', 'POST', '/ingester/prepare-partition-downscale'],
  ['mimir', 'POST', '/compactor/delete_tenant'],
  ['mimir', 'GET', '/compactor/delete_tenant'],
  ['mimir', 'POST', '/ingester/ring'],
  ['mimir/distributor', 'POST', '/distributor/ring'],
  ['mimir', 'POST', '/store-gateway/ring'],
  ['mimir', 'POST', '/api/v1/push'],
  ['mimir', 'POST', '/otlp/v1/metrics'],
  ['mimir', 'POST', '/prometheus/config/v1/rules/ns'],
  ['mimir', 'POST', '/prometheus/api/v1/query'],
  ['loki', 'GET', '/flush'],
  ['loki', 'POST', '/flush'],
  ['loki', 'GET', '/flush/tenant'],
  ['loki', 'GET', '/ingester/shutdown'],
  ['loki', 'POST', '/ingester/shutdown'],
  ['loki', 'GET', '/ingester/flush_shutdown'],
  ['loki', 'POST', '/log_level'],
  ['loki', 'POST', '/ring'],
  ['loki', 'POST', '/loki/api/v1/push'],
  ['loki', 'POST', '/loki/api/v1/delete'],
  ['loki', 'GET', '/loki/api/v1/delete'],
  ['tempo', 'GET', '/flush'],
  ['tempo', 'GET', '/shutdown'],
  ['tempo', 'POST', '/api/overrides'],
  ['tempo', 'POST', '/live-store/ring'],
  ['tempo', 'POST', '/v1/traces'],
  ['agent/alloy-0', 'GET', '/-/reload'],
  ['agent/alloy-0', 'GET', '/-/support'],
  ['kubernetes/central', 'POST', '/api/v1/namespaces/a/pods'],
  ['kubernetes/central', 'GET', '/api/v1/namespaces/a/services/loki:80/proxy/flush'],
  ['kubernetes/central', 'GET', '/api/v1/namespaces/a/services/loki:80/proxy/loki/api/v1/labels'],
  ['kubernetes/central', 'GET', '/api/v1/namespaces/a/secrets'],
  ['kubernetes/central', 'GET', '/api/v1/secrets'],
  ['kubernetes/central', 'GET', '/api/v1/namespaces/a/secrets/b'],
  ['kubernetes/central', 'GET', '/api/v1/namespaces/a/pods/b/exec'],
  ['kubernetes/central', 'POST', '/api/v1/namespaces/a/pods/b/exec'],
  ['kubernetes/central', 'POST', '/api/v1/namespaces/a/pods/b/attach'],
  ['kubernetes/central', 'POST', '/api/v1/namespaces/a/pods/b/eviction'],
  ['kubernetes/central', 'POST', '/api/v1/namespaces/a/pods/b/binding'],
  ['kubernetes/central', 'POST', '/api/v1/namespaces/a/serviceaccounts/b/token'],
  ['kubernetes/central', 'POST', '/apis/apps/v1/namespaces/a/deployments'],
  ['kubernetes/central', 'POST', '/api/v1/nodes'],
  ['kubernetes/central', 'GET', '/api/v1/nodes/a/proxy'],
  ['kubernetes/central', 'GET', '/api/v1/proxy/namespaces/a/pods/b'],
] as const;

describe('what would change something is not sent', () => {
  test.each(DANGEROUS)('%s %s %s', (component, method, path) => {
    const allowed = mayGoOut({ component, method, path });
    expect(allowed).toEqual({
      ok: false,
      because: `${method} ${path} is not among the requests that only read: it was not sent`,
    });
  });
});

/** Every verb of a cluster that changes something; `Asked` cannot even say them, so that only a cast could. */
const VERBS = ['PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'HEAD', 'get', ''];

describe('no verb but get and list reaches a cluster', () => {
  test.each(VERBS)('%s', (verb) => {
    for (const path of ['/api/v1/pods', '/api/v1/namespaces/a/pods/b', '/apis/apps/v1/namespaces/a/statefulsets'])
      expect(mayGoOut({ component: 'kubernetes/central', method: verb as 'GET', path }).ok).toBe(false);
  });

  test.each([
    '/api/v1/namespaces/../secrets/pods',
    '/api/v1/namespaces/%2e%2e/pods',
    '/api/v1/namespaces/a%2fsecrets/pods',
    '/api/v1/namespaces//pods',
    '/api/v1/pods?x',
  ])('no name smuggles a path in: %s', (path) => {
    expect(mayGoOut({ component: 'kubernetes/central', method: 'GET', path }).ok).toBe(false);
  });
});

describe('what a cluster is asked', () => {
  test.each([
    ['GET', '/api/v1/pods'],
    ['GET', '/api/v1/namespaces/monitoring/pods'],
    ['GET', '/apis/apps/v1/namespaces/monitoring/statefulsets'],
    ['GET', '/apis/apps/v1/daemonsets'],
    ['GET', '/apis/discovery.k8s.io/v1/namespaces/monitoring/endpointslices'],
    ['GET', '/api/v1/nodes'],
    ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
  ] as const)('%s %s reads', (method, path) => {
    expect(mayGoOut({ component: 'kubernetes/central', method, path })).toEqual({ ok: true });
  });
});

describe('nor does a name smuggle a path in', () => {
  test.each([
    '/loki/api/v1/label/../values',
    '/loki/api/v1/label/%2e%2e/values',
    '/loki/api/v1/label/..%2f..%2f..%2fflush%3f/values',
    '/loki/api/v1/label/a%5cb/values',
    '/loki/api/v1/label/a%252fb/values',
    '/loki/api/v1/label/a%00/values',
    '/loki/api/v1/label/%/values',
    '/loki/api/v1/label//values',
    '/loki/api/v1/labels?x',
    '/loki/api/v1/labels#x',
    '//evil/loki/api/v1/labels',
    'loki/api/v1/labels',
    '/loki/api/v1/labels/',
  ])('%s', (path) => {
    expect(mayGoOut({ component: 'loki', method: 'GET', path }).ok).toBe(false);
  });

  test.each(['/api/traces/../../flush', '/api/traces/xyz', '/api/v2/traces/', `/api/traces/${'a'.repeat(33)}`])(
    '%s',
    (path) => {
      expect(mayGoOut({ component: 'tempo', method: 'GET', path }).ok).toBe(false);
    },
  );
});

test.each([
  ['mimir', '/prometheus/api/v1/query'],
  ['mimir', '/prometheus/api/v1/label/__name__/values'],
  ['mimir/distributor', '/distributor/all_user_stats'],
  ['mimir:defaulting', '/prometheus/api/v1/query'],
  ['loki', '/loki/api/v1/label/service_name/values'],
  ['tempo', '/api/v2/search/tag/resource.service.name/values'],
  ['tempo', '/api/v2/search/tag/span%3Aname/values'],
  ['tempo', '/api/v2/traces/dc33834213727dee6c65ab2a66418dc0'],
])('%s GET %s reads', (component, path) => {
  expect(mayGoOut({ component, method: 'GET', path })).toEqual({ ok: true });
});
