import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Asked, Exchange } from '../../src/domain/exchange.ts';
import { judgeHeader } from '../../src/domain/header.ts';
import { HEADER_SIGNALS, type HeaderSignal } from '../../src/domain/header-probe.ts';
import type { HeaderCause } from '../../src/domain/header-told.ts';
import type { Verdict } from '../../src/domain/result.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { placeOf } from '../../src/tape/component.ts';
import { nobody, probeEntry, tenantOf } from '../../src/views/header-probe.ts';

interface Recorded {
  readonly name: string;
  readonly tenant: string | null;
  readonly path: string;
  readonly params: readonly (readonly [string, string])[];
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}

const RECORDED: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('../fixtures/header-recorded.json', import.meta.url), 'utf8'),
).answers;

const NOT_RECORDED: Answered = { ok: false, kind: 'not-recorded', said: 'nobody asked this while it was recorded' };
const given = (status: number, text: string, headers: Record<string, string> = {}): Answered => ({
  ok: true,
  status,
  text,
  headers,
  atUnix: 0,
});

/** The recorded answer of one entry point, or of the error cases for the plain one. */
function recordedFor({ component, identity, path, params, tenant }: Asked): Answered {
  const found = RECORDED.find((one) => {
    const place = placeOf(one.name, one.path);
    return (
      place.component === component &&
      place.identity === identity &&
      place.path === path &&
      String(one.params) === String(params) &&
      one.tenant === tenant
    );
  });
  return found ? given(found.status, found.text, found.headers) : NOT_RECORDED;
}

/** What the server of the recording says of one tenant, whoever asks. */
const saidOf = (asked: Asked, tenant: string | null): Answered =>
  recordedFor({ ...asked, component: asked.component.split(':')[0] ?? '', identity: '', tenant: tenant as Tenant });

const US = 'production-us-east';
/** Of an empty tenant; where the plain entry point was not asked so, the one that wants a login was. */
const emptyOf = (asked: Asked): Answered =>
  recordedFor({
    ...asked,
    component: `${asked.component.split(':')[0]}:basic`,
    identity: 'oncall',
    tenant: tenantOf('nobody-7f3a') ?? null,
  });
const ownOf = (asked: Asked): Answered =>
  recordedFor({
    ...asked,
    component: `${asked.component.split(':')[0]}:basic`,
    identity: 'oncall',
    tenant: tenantOf(US) ?? null,
  });
const otherOf = (asked: Asked): Answered =>
  recordedFor({
    ...asked,
    component: `${asked.component.split(':')[0]}:basic`,
    identity: 'oncall',
    tenant: tenantOf('staging') ?? null,
  });
const NO_ORG = given(401, 'no org id\n', { 'content-type': 'text/plain; charset=utf-8' });

/** A server that enforces, with recorded answers; what a fault changes is laid over it. */
const enforcing = (asked: Asked): Answered =>
  asked.tenant === null
    ? NO_ORG
    : asked.tenant === US
      ? ownOf(asked)
      : asked.tenant === 'staging'
        ? otherOf(asked)
        : emptyOf(asked);

interface Fault {
  readonly cause: HeaderCause;
  readonly verdict: Verdict;
  readonly answers: (asked: Asked) => Answered;
  readonly entry?: string;
  readonly user?: string;
  readonly expected?: string;
  readonly known?: { knownBy?: string; silentSince?: string; behind?: HeaderCause };
  readonly to?: (signal: HeaderSignal) => string | undefined;
  /** Where the recording's own story makes it another verdict. */
  readonly but?: Partial<Record<HeaderSignal, Verdict>>;
}

const DEFAULT: Readonly<Record<HeaderSignal, string>> = { metrics: 'anonymous', logs: 'fake', traces: 'single-tenant' };
const isDefault = (tenant: string | null): boolean => Object.values(DEFAULT).includes(tenant ?? '');

/**
 * Faults by name. `recorded`: answers of the recording, whole. `made`: its answers given to whom they were not given;
 * the words of what the recordings lack are the servers' own (diagnostics.md 1.1; dskit tenant/resolver.go).
 */
const FAULTS: Readonly<Record<string, Fault>> = {
  'made: nothing is wrong': { cause: 'enforced', verdict: 'good', answers: enforcing },
  'recorded: the way in wants a login, has one, and the header decides': {
    cause: 'enforced',
    verdict: 'good',
    entry: 'basic',
    user: 'oncall',
    answers: recordedFor,
    // A nightly job's series lie in `anonymous`.
    but: { metrics: 'bad' },
  },
  'made: data lies in the default tenant though this way in refuses a missing header': {
    cause: 'enforced',
    verdict: 'bad',
    answers: (asked) => (isDefault(asked.tenant) ? otherOf(asked) : enforcing(asked)),
    to: (signal) => DEFAULT[signal],
  },
  'made: a gateway puts an empty default tenant in place': {
    cause: 'defaulted',
    verdict: 'warn',
    answers: (asked) => (asked.tenant === null ? emptyOf(asked) : enforcing(asked)),
  },
  'made: a gateway puts a default tenant with data in place': {
    cause: 'defaulted',
    verdict: 'bad',
    answers: (asked) => (asked.tenant === null || isDefault(asked.tenant) ? otherOf(asked) : enforcing(asked)),
    to: (signal) => DEFAULT[signal],
  },
  'made: a gateway puts the expected tenant in place': {
    cause: 'defaulted',
    verdict: 'bad',
    answers: (asked) => (asked.tenant === null ? ownOf(asked) : enforcing(asked)),
    to: () => US,
  },
  'made: multi-tenancy is off': { cause: 'multitenancy-off', verdict: 'bad', answers: ownOf },
  'made: multi-tenancy is off behind a login': {
    cause: 'multitenancy-off',
    verdict: 'bad',
    user: 'oncall',
    known: { behind: 'multitenancy-off' },
    answers: ownOf,
  },
  'made: federation is off': {
    cause: 'federation-off',
    verdict: 'bad',
    expected: `${US}|staging`,
    answers: (asked) => (asked.tenant?.includes('|') ? given(422, 'too many tenant IDs present\n') : enforcing(asked)),
  },
  'made: federation is not supported by the route': {
    cause: 'federation-off',
    verdict: 'bad',
    expected: `${US}|staging`,
    answers: (asked) => (asked.tenant?.includes('|') ? given(400, 'multiple org IDs present\n') : enforcing(asked)),
  },
  'recorded: the user is the tenant': {
    cause: 'overridden',
    verdict: 'warn',
    entry: 'user-is-tenant',
    user: US,
    answers: recordedFor,
  },
  'recorded: the user is a tenant without data': {
    cause: 'overridden',
    verdict: 'warn',
    entry: 'user-is-tenant',
    user: 'oncall',
    answers: recordedFor,
  },
  'made: a proxy drops the header': { cause: 'overridden', verdict: 'bad', answers: () => NO_ORG },
  'made: a proxy puts its own in the header’s place, and wants one': {
    cause: 'overridden',
    verdict: 'warn',
    answers: (asked) => (asked.tenant === null ? NO_ORG : ownOf(asked)),
  },
  'made: two headers, refused by the gateway': {
    cause: 'two-headers',
    verdict: 'bad',
    answers: () =>
      given(
        400,
        'Sending multiple X-Scope-OrgID headers is not allowed. Use a single header with | as separator instead.',
      ),
  },
  'made: two headers, joined by the proxy': {
    cause: 'two-headers',
    verdict: 'bad',
    answers: (asked) =>
      asked.tenant === null
        ? emptyOf(asked)
        : given(401, `tenant ID '${asked.tenant},edge' contains unsupported character ','\n`),
  },
  'recorded: a login is wanted, and nobody logs in': {
    cause: 'proxy-auth',
    verdict: 'unknown',
    entry: 'basic',
    answers: recordedFor,
  },
  'recorded: a login is wanted, and the wrong one is given': {
    cause: 'proxy-auth',
    verdict: 'unknown',
    entry: 'user-is-tenant',
    user: 'nobody',
    answers: recordedFor,
  },
  'made: a login page answers': {
    cause: 'proxy-auth',
    verdict: 'unknown',
    answers: () => given(302, '', { location: 'https://sso.example/login' }),
  },
  'recorded words: what arrives is malformed': {
    cause: 'malformed',
    verdict: 'bad',
    answers: (asked) => (asked.tenant === US ? saidOf(up(asked), 'no spaces/slashes') : enforcing(asked)),
  },
  'recorded words: what arrives is too long': {
    cause: 'malformed',
    verdict: 'bad',
    answers: (asked) => (asked.tenant === US ? saidOf(up(asked), LONG) : enforcing(asked)),
  },
  'made: nobody has heard of the tenant': {
    cause: 'unknown-tenant',
    verdict: 'bad',
    expected: 'production-us-eest',
    answers: enforcing,
  },
  'made: the tenant is known and holds nothing': {
    cause: 'silent',
    verdict: 'bad',
    expected: 'edge-dev',
    known: { knownBy: 'its runtime overrides' },
    answers: enforcing,
  },
  'made: the tenant fell silent': {
    cause: 'silent',
    verdict: 'bad',
    known: { silentSince: '03:12' },
    answers: enforcing,
  },
  'made: the ring is broken': {
    cause: 'unknown',
    verdict: 'unknown',
    answers: () => given(500, 'too many unhealthy instances in the ring'),
  },
  'made: nobody answers': {
    cause: 'unknown',
    verdict: 'unknown',
    answers: () => ({ ok: false, kind: 'timeout', said: 'no answer within 10 s' }),
  },
  'made: garbage answers': { cause: 'unknown', verdict: 'unknown', answers: () => given(200, '{"hello":1}') },
};

const LONG = RECORDED.find(({ name }) => name === 'error/long-tenant/mimir')?.tenant ?? '';
/** The errors were asked with `up`. */
const up = (asked: Asked): Asked => (asked.params.length > 0 ? { ...asked, params: [['query', 'up']] } : asked);

async function judge(signal: HeaderSignal, fault: Fault) {
  const asked: Asked[] = [];
  const exchange: Exchange = async (question) => {
    asked.push(question);
    return fault.answers(question);
  };
  const reached = { exchange, place: 'central' };
  const backend = { metrics: 'mimir', logs: 'loki', traces: 'tempo' }[signal];
  const { entry = 'plain', user, expected = US } = fault;
  const entries = entry === 'plain' ? [] : [{ component: `${backend}:${entry}`, identity: user ?? '' }];
  const clients = makeClients({
    exchanges: { mimir: reached, loki: reached, tempo: reached },
    entries,
    clock: { now: () => 0, said: () => undefined },
  });
  const point = clients.header.entries(signal).find(({ name }) => name === entry);
  if (point === undefined) throw new Error(entry);
  const whose = { expected: tenantOf(expected), random: nobody(clients.header) };
  const { probes } = await probeEntry(clients.header, point, whose, new AbortController().signal);
  return { verdict: judgeHeader({ entry, probes, expected, user, ...fault.known }), asked };
}

describe('faults × products', () => {
  const cells = Object.keys(FAULTS).flatMap((name) => HEADER_SIGNALS.map((signal) => [name, signal] as const));
  test.each(cells)('%s: %s', async (name, signal) => {
    const fault = FAULTS[name];
    if (fault === undefined) throw new Error(name);
    const { verdict, asked } = await judge(signal, fault);
    expect(verdict).toMatchObject({ cause: fault.cause, verdict: fault.but?.[signal] ?? fault.verdict });
    if (fault.to) expect(verdict.to).toBe(fault.to(signal));
    if (fault.verdict === 'bad') expect(verdict.next).toMatch(/\w+ \w+ \w+/);
    expect(verdict.because).toContain(fault.entry ?? 'plain');
    expect(asked.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('the entry point of the recording that defaults names the tenant, for a job’s data lies there', async () => {
    const { verdict } = await judge('metrics', {
      ...FAULTS['made: nothing is wrong'],
      entry: 'defaulting',
      answers: recordedFor,
    } as Fault);
    expect(verdict).toMatchObject({ cause: 'defaulted', verdict: 'bad', to: 'anonymous' });
  });
});

test('a tenant that cannot exist is asked by one name a run, for servers keep metrics of each; another run has another', () => {
  const run = () =>
    makeClients({
      exchanges: { mimir: { exchange: async () => given(200, '{}'), place: 'central' } },
      clock: { now: () => 0, said: () => undefined },
    }).header;
  const header = run();
  expect(nobody(header)[0]).toMatch(/^lgtm-tui-probe-[a-z0-9]+$/);
  expect(nobody(header)[0]).toBe(nobody(header)[0]);
  expect(nobody(header)[0]).not.toBe(nobody(run())[0]);
  expect(nobody(header)).toContain('nobody-7f3a');
});

test('without a tenant nothing but the probes goes out', async () => {
  const asked: Asked[] = [];
  const exchange: Exchange = async (question) => {
    asked.push(question);
    return given(200, '{}');
  };
  const clients = makeClients({
    exchanges: { mimir: { exchange, place: 'central' } },
    clock: { now: () => 0, said: () => undefined },
  });
  const [plain] = clients.header.entries('metrics');
  if (plain === undefined) throw new Error('no way in');
  const other = { path: '/prometheus/api/v1/series', params: [['match[]', '{}']], proves: 'data' } as const;
  const answer = await clients.header.ask(plain, other, null, new AbortController().signal);
  expect(answer).toMatchObject({ ok: false, fault: { kind: 'bad-query' } });
  expect(asked).toEqual([]);
});
