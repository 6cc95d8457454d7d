import { describe, expect, test } from 'vitest';
import { refusedBy, WORDS_MAX } from '../../src/clients/faults.ts';
import errors from '../fixtures/errors-recorded.json' with { type: 'json' };

const NOW = 1_795_448_131;
const recorded = (name: keyof typeof errors) => {
  const { status, headers, text } = errors[name];
  return refusedBy(status, headers as Record<string, string>, text, NOW);
};

describe('what servers said in the recordings', () => {
  test.each([
    ['no-tenant/mimir', 'tenant', 'no org id'],
    ['no-tenant/loki', 'tenant', 'no org id'],
    ['no-tenant/tempo', 'tenant', 'no org id'],
    // Tempo's OTLP port says it with 503 and JSON.
    ['no-tenant/tempo/push', 'tenant', 'no org id'],
    ['bad-tenant/mimir', 'tenant', "tenant ID 'no spaces/slashes' contains unsupported character ' '"],
    ['bad-tenant/loki', 'tenant', "tenant ID 'no spaces/slashes' contains unsupported character ' '"],
    ['long-tenant/tempo', 'tenant', 'tenant ID is too long: max 150 characters'],
    ['two-tenants/mimir/cardinality', 'tenant', 'multiple org IDs present'],
    ['two-tenants/mimir/user_limits', 'tenant', 'multiple org IDs present'],
    ['no-user', 'auth', 'web page: 401 Authorization Required'],
    ['bad-promql', 'bad-query', 'invalid parameter "query": 1:17: parse error: unclosed left parenthesis'],
    ['bad-logql', 'bad-query', 'parse error at line 1, col 12: syntax error: unexpected $end, expecting STRING'],
    ['bad-traceql', 'bad-query', 'invalid TraceQL query: parse error at line 1, col 14: syntax error: unexpected }'],
    [
      'too-many-points',
      'bad-query',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    ],
    ['loki-range-too-long', 'limit', 'the query time range exceeds the limit (query length: 21600h0m0s, limit: 30d1h)'],
    ['not-a-path', 'not-found', '404 page not found'],
    ['trace-not-found/v1', 'not-found', 'HTTP 404 without a word'],
    // One outage, three statuses.
    ['ring-500', 'server', 'too many unhealthy instances in the ring'],
    ['ring-422', 'server', 'too many unhealthy instances in the ring'],
    ['ring-400', 'server', 'too many unhealthy instances in the ring'],
  ] as const)('%s is %s', (name, kind, said) => {
    expect(recorded(name)).toEqual({ kind, said });
  });
});

describe('what the recordings lack', () => {
  test.each([
    // Source: dskit tenant/resolver.go; mimir pkg/frontend/transport/handler.go.
    [422, 'too many tenant IDs present in the request. max: 1 actual: 2', 'tenant'],
    [400, 'multi-tenant query unsupported', 'tenant'],
    // Source: mimir pkg/util/globalerror/user.go; the limits of a query are 422, those of its text 400.
    [
      422,
      '{"status":"error","errorType":"execution","error":"the query exceeded the maximum number of series (limit: 100000 series) (err-mimir-max-series-per-query)"}',
      'limit',
    ],
    [
      400,
      '{"status":"error","errorType":"bad_data","error":"the total query time range exceeds the limit (err-mimir-max-total-query-length)"}',
      'limit',
    ],
    // Source: prometheus promql/engine.go; wrong only once it meets the data.
    [
      422,
      '{"status":"error","errorType":"execution","error":"found duplicate series for the match group {} on the right hand-side"}',
      'bad-query',
    ],
    // Source: tempo modules/frontend, trace too large.
    [422, 'trace exceeds max size (max bytes: 5000000)', 'limit'],
    [429, 'too many outstanding requests', 'limit'],
    [413, 'response too large', 'too-large'],
    [500, '{"code":13,"message":"something broke"}', 'server'],
    [502, '<html><head><title>502 Bad Gateway</title></head></html>', 'server'],
    [403, '<html><head><title>403 Forbidden</title></head></html>', 'forbidden'],
    [504, 'request timed out, decrease the duration of the request or add more label matchers', 'timeout'],
  ])('%i %s', (status, text, kind) => {
    expect(refusedBy(status, {}, text, NOW).kind).toBe(kind);
  });

  test('a proxy that asks for a password is not a missing tenant, whatever it says', () => {
    expect(refusedBy(401, { 'www-authenticate': 'Basic realm="x"' }, 'tenant ID required', NOW).kind).toBe('auth');
  });

  test('a query that quotes the words of a tenant error is still a bad query', () => {
    expect(refusedBy(400, {}, 'parse error: unexpected string "no org id"', NOW).kind).toBe('bad-query');
  });

  test('a redirect to a login page is a matter of who asks', () => {
    const refused = refusedBy(302, { location: 'https://sso.example/login?next=/' }, '', NOW);
    expect(refused).toEqual({ kind: 'auth', said: 'redirected to https://sso.example/login?next=/' });
  });

  test.each([
    '<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>',
    'Client sent an HTTP request to an HTTPS server.',
  ])('an address with http:// where TLS is spoken is not a wrong query: %s', (text) => {
    const refused = refusedBy(400, {}, text, NOW);
    expect(refused).toEqual({ kind: 'unreachable', said: 'this port speaks HTTPS: write https:// instead of http://' });
  });

  test('words are cleaned and cut', () => {
    const refused = refusedBy(500, {}, `\u001b[2J\u202e${'long '.repeat(200)}\nsecond line`, NOW);
    expect(refused.said).toHaveLength(WORDS_MAX);
    expect(refused.said.startsWith('··long')).toBe(true);
    expect(refused.said).not.toContain('second');
  });
});

describe('Retry-After', () => {
  test.each([
    ['6', 6],
    // A date counts from the server's own clock.
    ['Mon, 23 Nov 2026 15:35:40 GMT', 9],
    ['soon', undefined],
  ])('%s', (value, seconds) => {
    const headers = { 'retry-after': value, date: 'Mon, 23 Nov 2026 15:35:31 GMT' };
    expect(refusedBy(429, headers, 'slow down', NOW).retryAfterSeconds).toBe(seconds);
  });
});
