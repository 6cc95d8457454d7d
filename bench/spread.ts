// All pairs of nodes of a large ring, and how long a key would have to wait for it at most.
import { setImmediate } from 'node:timers/promises';
import { simulate } from '../src/domain/quorum.ts';
import { ruleFor } from '../src/domain/ring-rules.ts';
import { seeded } from '../test/domain/made-rings.ts';
import { type Figure, figure, percentile } from './measure.ts';

const INGESTERS = 300;
const TOKENS = 512;

/** CPU of the whole, and the longest of its steps: a frame and a key come between two. */
export async function spreadPairs(): Promise<readonly Figure[]> {
  const random = seeded(INGESTERS);
  const members = Array.from({ length: INGESTERS }, (_, index) => ({
    state: 'ACTIVE' as const,
    alive: true,
    zone: `zone-${index % 3}`,
    tokens: Array.from({ length: TOKENS }, () => Math.floor(random() * 2 ** 32)),
  }));
  const groups = { of: members.map((_, index) => index), count: INGESTERS };
  const steps = simulate(members, ruleFor('mimir ingester', 3, false), groups, true);
  const spent: number[] = [];
  for (let done = false; !done; await setImmediate()) {
    const before = process.cpuUsage();
    done = steps.next().done ?? false;
    const { user, system } = process.cpuUsage(before);
    spent.push((user + system) / 1000);
  }
  const wholeMs = spent.reduce((sum, one) => sum + one, 0);
  return [
    figure(`all pairs of ${INGESTERS} ingesters × ${TOKENS} tokens, CPU`, wholeMs, 1000, ' ms'),
    figure('the same, its longest step but one in a hundred', percentile(spent, 0.99), 33, ' ms'),
  ];
}
