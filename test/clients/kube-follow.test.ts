import { expect, test } from 'vitest';
import { follow } from '../../src/clients/kube-follow.ts';
import type { Page } from '../../src/clients/kube-list.ts';
import type { KubeKinds } from '../../src/domain/kube-kinds.ts';
import type { Result } from '../../src/domain/result.ts';

const source = { backend: 'kubernetes', place: 'c' } as const;
const origin = { source, tenant: null, atUnix: 100, path: '/api/v1/nodes', asked: '' };
const list = async <K extends keyof KubeKinds>(): Promise<Result<Page<KubeKinds[K]>>> => ({
  ok: true,
  value: { items: [], version: '1' },
  origin,
  gaps: [],
});

test('where nothing changes the same picture comes again, at its own time, so that ages go on', async () => {
  let nowUnix = 100;
  const stop = new AbortController();
  const options = {
    context: 'c',
    source,
    clock: { now: () => nowUnix++, said: () => undefined },
    list,
    sameAgainMs: 15,
    stream: async (_asked: unknown, signal: AbortSignal) => ({
      ok: true as const,
      lines: (async function* () {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        yield* [];
      })(),
    }),
  };
  const times: number[] = [];
  for await (const picture of follow(options, 'nodes', undefined, stop.signal)) {
    if (picture.ok) times.push(picture.origin.atUnix);
    if (times.length === 3) break;
  }
  stop.abort();
  expect(times[0]).toBe(100);
  expect(times[2]).toBeGreaterThan(times[1] ?? 0);
});
