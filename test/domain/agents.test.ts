import { describe, expect, test } from 'vitest';
import { judgeAgent } from '../../src/domain/agents.ts';
import type { Agent } from '../../src/domain/fleet.ts';

const AGENT: Agent = { context: 'c', namespace: 'n', pod: 'p', ready: true, port: 12_345, alsoKnownAs: [] };

describe('an agent that answers', () => {
  test('and says that its configuration is loaded is good', () => {
    expect(judgeAgent(AGENT, { queues: [], configLoaded: true })).toMatchObject({
      verdict: 'good',
      because: 'ready, and its configuration is loaded',
    });
  });

  test('but does not say so is not known', () => {
    expect(judgeAgent(AGENT, { queues: [] })).toMatchObject({
      verdict: 'unknown',
      because: 'ready; whether its configuration is loaded it does not say',
    });
  });
});
