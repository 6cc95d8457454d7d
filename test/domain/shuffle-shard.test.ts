import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { md5 } from '../../src/domain/md5.ts';
import type { RingMember } from '../../src/domain/ring.ts';
import { shardsOf } from '../../src/domain/shuffle-shard.ts';

interface Case {
  readonly zoneAware: boolean;
  readonly members: readonly {
    readonly id: string;
    readonly zone: string;
    readonly ageSeconds: number;
    readonly readOnly: boolean;
    readonly readOnlyAgeSeconds: number;
    readonly tokens: readonly number[];
  }[];
  readonly shards: readonly {
    readonly tenant: string;
    readonly size: number;
    readonly writes: readonly string[];
    readonly reads: readonly string[];
  }[];
}

/** What dskit itself (as Mimir 3.0.2 vendors it) answered: ShuffleShard, and ShuffleShardWithLookback over 13 hours. */
const cases = JSON.parse(readFileSync(new URL('../fixtures/dskit-shards.json', import.meta.url), 'utf8')) as Case[];
const NOW = 1_795_000_000;

test(`the shard of a tenant is the one that dskit picks, ${cases.flatMap(({ shards }) => shards).length} times`, () => {
  const answers = cases.flatMap(({ zoneAware, members, shards }) => {
    const ring = members.map(
      (member): RingMember => ({
        id: member.id,
        address: '',
        zone: member.zone,
        state: 'ACTIVE',
        heartbeatUnix: NOW,
        registeredUnix: NOW - member.ageSeconds,
        readOnly: member.readOnly,
        ...(member.readOnly && { readOnlySinceUnix: NOW - member.readOnlyAgeSeconds }),
        tokens: member.tokens,
      }),
    );
    const pick = shardsOf(ring, zoneAware);
    return shards.map((said) => {
      const { writes, reads } = pick({
        tenant: said.tenant,
        size: said.size,
        lookbackSeconds: 13 * 3600,
        nowUnix: NOW,
      });
      return { said, ours: { ...said, writes: [...writes].sort(), reads: [...reads].sort() } };
    });
  });
  expect(answers.map(({ ours }) => ours)).toEqual(answers.map(({ said }) => said));
  // The cases are worth something: shards smaller than the ring, reads that ask more than writes, read-only members.
  expect(answers.filter(({ said }) => said.reads.length > said.writes.length).length).toBeGreaterThan(50);
  expect(cases.flatMap(({ members }) => members).filter(({ readOnly }) => readOnly).length).toBeGreaterThan(20);
});

test.each(['', 'a', 'production-us-east', 'ünïcode', 'x'.repeat(55), 'x'.repeat(56), 'x'.repeat(200)])(
  'MD5 of "%s" is what everybody says it is',
  (text) => {
    const digest = md5(new TextEncoder().encode(text));
    expect(Buffer.from(digest).toString('hex')).toBe(createHash('md5').update(text).digest('hex'));
  },
);
