import { describe, expect, test } from 'vitest';
import { nextStep, sayFault } from '../../src/domain/faults.ts';
import type { Backend, Fault, FaultKind } from '../../src/domain/result.ts';
import { parseTenant, type Tenant } from '../../src/domain/tenant.ts';

const tenantOf = (text: string): Tenant => {
  const parsed = parseTenant(text);
  if (!parsed.ok) throw new Error(parsed.because);
  return parsed.tenant;
};

const fault = (kind: FaultKind, said: string, more: Partial<Fault> = {}, backend: Backend = 'mimir'): Fault => ({
  kind,
  said,
  source: { backend, place: 'central' },
  ...more,
});

const KINDS: readonly FaultKind[] = [
  'tenant',
  'auth',
  'forbidden',
  'bad-query',
  'not-found',
  'limit',
  'too-large',
  'timeout',
  'cancelled',
  'unreachable',
  'server',
  'shape',
  'not-recorded',
];

describe('every fault is told in one line that names the server, the status and its own words', () => {
  test.each(KINDS)('%s', (kind) => {
    const told = sayFault(fault(kind, 'the very words', { status: 418, tenant: tenantOf('shop') }, 'loki'));
    expect(told).toMatch(/^loki@central /);
    expect(told).toContain('for shop (418): the very words');
    expect(told).not.toContain('\n');
    const next = nextStep(fault(kind, 'the very words'));
    expect(next.length).toBeGreaterThan(8);
    expect(next).not.toContain('\n');
  });

  test('no two kinds are told alike', () => {
    expect(new Set(KINDS.map((kind) => sayFault(fault(kind, '')))).size).toBe(KINDS.length);
  });
});

test('hostile words from a server do not reach the terminal', () => {
  const told = sayFault(fault('server', 'boom\u001b]0;owned\u0007\u202e\nsecond line\u001b[2J'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what must not be there.
  expect(told).not.toMatch(/[\u0000-\u001f\u202e]/);
  expect(told).toContain('boom');
});

describe('the next step follows the words', () => {
  const shop = { tenant: tenantOf('shop') };
  test.each<[string, Fault, string]>([
    ['no tenant was sent', fault('tenant', 'no org id'), '--tenant'],
    ['a tenant was sent and lost', fault('tenant', 'no org id', shop), 'proxy'],
    [
      'federation is off',
      fault('tenant', 'too many tenant IDs present in the request. max: 1 actual: 2', shop),
      'one tenant',
    ],
    ['federation unsupported', fault('tenant', 'multiple org IDs present', shop), 'one tenant'],
    [
      'two layers add the header',
      fault('tenant', 'Sending multiple X-Scope-OrgID headers is not allowed'),
      'two layers',
    ],
    ['malformed', fault('tenant', "tenant ID 'a b' contains unsupported character ' '", shop), 'spelling'],
    ['a proxy wants credentials', fault('auth', 'Unauthorized'), '--bearer-token-file'],
    ['a login page', fault('auth', 'redirected to https://sso.example.org/login'), 'login page'],
    ['the trace is not there', fault('not-found', 'trace not found', {}, 'tempo'), 'retention'],
    [
      'told when to come back',
      fault('limit', 'too many outstanding requests', { retryAfterSeconds: 12.2 }),
      'wait 13s',
    ],
    ['over a limit', fault('limit', 'err-mimir-max-series-per-query'), '--since'],
    ['no address', fault('unreachable', 'no address was given'), '--mimir-url'],
    ['a private authority', fault('unreachable', 'self-signed certificate in certificate chain'), '--ca-file'],
    ['no such host', fault('unreachable', 'getaddrinfo ENOTFOUND mimir.example.org'), 'host name'],
    ['nobody listens', fault('unreachable', 'connect ECONNREFUSED 127.0.0.1:8080'), 'port'],
    [
      'nothing found in a cluster',
      fault('unreachable', 'no Mimir was found in edge: give --mimir-url'),
      'lgtm-tui stack',
    ],
    [
      'behind the API server',
      fault('unreachable', 'service a/b:80, asked through the API server of context c: services "b" not found'),
      'lgtm-tui pods',
    ],
    [
      'the API server itself',
      fault('unreachable', 'API server of context c: 10.0.0.1:6443 refuses connections: nothing listens there'),
      'kubectl get pods',
    ],
    ['the ring is lost', fault('server', 'too many unhealthy instances in the ring'), 'quorum'],
    ['a web page answers', fault('shape', 'web page: Welcome to nginx!'), 'web page'],
    ['not on the tape', fault('not-recorded', ''), '--at'],
  ])('%s', (_name, told, step) => {
    expect(nextStep(told)).toContain(step);
  });
});
