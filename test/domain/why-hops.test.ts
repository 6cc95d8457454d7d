import { describe, expect, test } from 'vitest';
import { HEADER_SIGNALS, type HeaderSignal } from '../../src/domain/header-probe.ts';
import type { HeaderVerdict } from '../../src/domain/header-told.ts';
import { componentHop, delayHop, gatewayHop, limitsHop, retentionHop, windowHop } from '../../src/domain/why.ts';
import type { WhyHop } from '../../src/domain/why-hop.ts';

/** What the stations behind the agent are told from. */
interface Seen {
  readonly ways: readonly HeaderVerdict['cause'][];
  readonly newest: { asked: boolean; ageSeconds?: number; atMost?: boolean };
  readonly discards: ReadonlyMap<string, number> | undefined;
  readonly keptSeconds: number | undefined;
  readonly windowSeconds: number;
}

const told = (cause: HeaderVerdict['cause']): HeaderVerdict => ({
  ...{ cause, verdict: 'unknown', because: `it is ${cause}`, next: 'ask on' },
});

const HEALTHY: Seen = {
  ways: ['enforced'],
  newest: { asked: true, ageSeconds: 5 },
  discards: new Map(),
  keptSeconds: 604_800,
  windowSeconds: 900,
};

function chain(signal: HeaderSignal, seen: Seen): readonly WhyHop[] {
  const { ways, newest, discards, keptSeconds, windowSeconds } = seen;
  const judged = ways.map(told);
  return [
    gatewayHop(judged),
    componentHop('shop', newest, judged[0], undefined),
    limitsHop(signal, discards, newest.ageSeconds !== undefined),
    delayHop(signal, newest),
    retentionHop(keptSeconds, windowSeconds),
    windowHop(newest, windowSeconds),
  ];
}

const first = (hops: readonly WhyHop[]): string | undefined => {
  const broken = hops.find(({ verdict }) => verdict === 'bad');
  return broken && `${broken.hop} ${broken.cause}`;
};

/** One station is broken; everything before it is not. */
const BROKEN: readonly (readonly [what: string, seen: Partial<Seen>, stops: string | undefined])[] = [
  ['nothing', {}, undefined],
  ['the way in drops the header', { ways: ['overridden'] }, 'gateway overridden'],
  ['two headers arrive', { ways: ['enforced', 'two-headers'] }, 'gateway two-headers'],
  ['what arrives is malformed', { ways: ['malformed'] }, 'gateway malformed'],
  ['the header is ignored', { ways: ['multitenancy-off'] }, 'gateway multitenancy-off'],
  ['a login is wanted', { ways: ['proxy-auth'] }, 'gateway proxy-auth'],
  ['nobody knows the tenant', { ways: ['unknown-tenant'], newest: { asked: true } }, 'component unknown-tenant'],
  ['it is known, and silent', { ways: ['silent'], newest: { asked: true } }, 'component silent'],
  ['it is over its rate', { discards: new Map([['rate_limited', 12]]) }, 'limits rate_limited'],
  [
    'it is over its streams or series',
    { discards: new Map([['per_metric_series_limit', 3]]) },
    'limits per_metric_series_limit',
  ],
  ['nothing came lately', { newest: { asked: true } }, 'ingestion-delay silent'],
  ['it comes late', { newest: { asked: true, ageSeconds: 1200 }, windowSeconds: 3600 }, 'ingestion-delay late'],
  [
    'it is older than what is asked for',
    { newest: { asked: true, ageSeconds: 200 }, windowSeconds: 60 },
    'query-window outside',
  ],
];

describe('the broken station is named, and no other', () => {
  const cells = BROKEN.flatMap(([what, seen, stops]) =>
    HEADER_SIGNALS.map((signal) => ({ what, signal, seen, stops })),
  );
  test.each(cells)('$what: $signal', ({ signal, seen, stops }) => {
    const hops = chain(signal, { ...HEALTHY, ...seen });
    expect(first(hops)).toBe(stops);
    for (const { verdict, next } of hops) if (verdict === 'bad') expect(next).toMatch(/\w+ \w+/);
  });

  test.each(HEADER_SIGNALS)('duplicates that are thrown away beside data that arrives break nothing: %s', (signal) => {
    const hops = chain(signal, { ...HEALTHY, discards: new Map([['sample_duplicate_timestamp', 0.05]]) });
    expect(first(hops)).toBeUndefined();
    expect(hops.find(({ hop }) => hop === 'limits')).toMatchObject({ verdict: 'warn' });
  });

  test('more is asked for than is kept: said, and not taken for the cause', () => {
    const hops = chain('logs', { ...HEALTHY, keptSeconds: 3600, windowSeconds: 7200 });
    expect(hops.find(({ hop }) => hop === 'retention')).toMatchObject({ verdict: 'warn', cause: 'expired' });
  });

  test.each(HEADER_SIGNALS)('what nobody could tell is unknown, never good: %s', (signal) => {
    const hops = chain(signal, {
      ...{
        ways: ['unknown'],
        newest: { asked: false },
        discards: undefined,
        keptSeconds: undefined,
        windowSeconds: 900,
      },
    });
    expect(hops.map(({ verdict }) => verdict)).toEqual(Array(6).fill('unknown'));
  });
});
