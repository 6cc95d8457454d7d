import { describe, expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Asked, Exchange } from '../../src/domain/exchange.ts';
import type { KubeKinds } from '../../src/domain/kube-kinds.ts';
import type { Result } from '../../src/domain/result.ts';
import watched from '../fixtures/kube-watch-recorded.json' with { type: 'json' };
import { answerOf, clientsOf, KUBE_CLOCK, recordedExchange } from '../kube-recorded.ts';
import { faultOf, valueIn } from './scripted.ts';
import { never } from './server.ts';

const clusterOf = (exchange: Exchange, stream?: Parameters<typeof makeClients>[0]['clusters']) => {
  const [cluster] = makeClients({
    exchanges: {},
    clock: KUBE_CLOCK,
    clusters: stream ?? [{ context: 'central', exchange, namespaces: [] }],
  }).clusters;
  if (!cluster) throw new Error('no cluster');
  return cluster;
};

describe('recorded lists', () => {
  const [central] = clientsOf(['central']).clusters;

  test('pods as a table: cells, labels, owner', async () => {
    const pods = valueIn(
      (await central?.list('podCells', 'monitoring', never())) as Result<readonly KubeKinds['podCells'][]>,
    );
    expect(pods).toHaveLength(24);
    expect(pods.find(({ name }) => name === 'monitoring-server-loki-ingester-2')).toMatchObject({
      namespace: 'monitoring',
      ready: 1,
      desired: 1,
      status: 'Running',
      restarts: 4,
      ip: '10.244.2.21',
      node: 'ip-10-0-2-11.us-east-1.compute.internal',
      owner: { kind: 'StatefulSet', name: 'monitoring-server-loki-ingester' },
      createdUnix: Date.parse('2026-11-23T15:20:05Z') / 1000,
    });
  });

  test('pods as objects: image, ports, address, restarts', async () => {
    const pods = valueIn((await central?.list('pods', 'monitoring', never())) as Result<readonly KubeKinds['pods'][]>);
    expect(pods.find(({ name }) => name === 'monitoring-server-mimir-ingester-2')).toMatchObject({
      ip: '10.244.3.10',
      ready: true,
      restarts: 1,
      hostNetwork: false,
      containers: [{ image: 'grafana/mimir:3.0.2', ports: [{ name: 'http-metrics', port: 8080 }, { port: 9095 }] }],
    });
  });

  test('workloads, services, nodes, events', async () => {
    const all = await Promise.all([
      central?.list('statefulsets', undefined, never()),
      central?.list('daemonsets', undefined, never()),
      central?.list('services', undefined, never()),
      central?.list('nodes', undefined, never()),
      central?.list('events', 'monitoring', never()),
    ]);
    const [sets, daemons, services, nodes, events] = all.map((each) => (each?.ok ? each.value : []));
    expect(sets).toContainEqual(
      expect.objectContaining({ name: 'monitoring-server-mimir-ingester', kind: 'StatefulSet', desired: 4, ready: 4 }),
    );
    expect(daemons).toContainEqual(expect.objectContaining({ kind: 'DaemonSet', desired: 1, ready: 1 }));
    expect(services).toContainEqual(
      expect.objectContaining({ name: 'monitoring-server-mimir-nginx', ports: [{ name: 'http-metric', port: 80 }] }),
    );
    expect(nodes).toContainEqual(expect.objectContaining({ pressures: ['MemoryPressure'], zone: 'us-east-1b' }));
    expect(nodes).toContainEqual(expect.objectContaining({ cordoned: true, ready: 'yes', podsMax: 58 }));
    expect(events).toContainEqual(
      expect.objectContaining({
        reason: 'BackOff',
        type: 'Warning',
        count: 3,
        about: { kind: 'Pod', name: 'monitoring-server-loki-ingester-2' },
      }),
    );
  });
});

describe('pages', () => {
  const podList = (names: readonly string[], next?: string): Answered =>
    answerOf(
      200,
      JSON.stringify({
        kind: 'PodList',
        metadata: { resourceVersion: '7', continue: next },
        items: names.map((name) => ({ metadata: { name, namespace: 'a' } })),
      }),
    );

  test('all of them, in order, 500 asked for each time', async () => {
    const asked: Asked[] = [];
    const cluster = clusterOf(async (question) => {
      asked.push(question);
      return asked.length === 1 ? podList(['a', 'b'], 'token') : podList(['c']);
    });
    expect(valueIn(await cluster.list('pods', undefined, never())).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(asked.map(({ params }) => params)).toEqual([
      [['limit', '500']],
      [
        ['limit', '500'],
        ['continue', 'token'],
      ],
    ]);
  });

  test('a list that expired on the way begins again', async () => {
    const answers: Answered[] = [
      podList(['a'], 'old'),
      { ok: false, kind: 'not-found', status: 410, said: 'The provided continue parameter is too old' },
      podList(['a'], 'new'),
      podList(['b']),
    ];
    let turn = 0;
    const cluster = clusterOf(async () => answers[turn++] ?? podList([]));
    expect(valueIn(await cluster.list('pods', undefined, never())).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('a tape that answers every page with the first one does not go on for ever', async () => {
    let turns = 0;
    const cluster = clusterOf(async () => {
      turns += 1;
      return podList(['a'], 'same');
    });
    await cluster.list('pods', undefined, never());
    expect(turns).toBe(2);
  });

  test('another kind is told, not shown', async () => {
    const cluster = clusterOf(async () => answerOf(200, '{"kind":"APIVersions"}'));
    expect(faultOf(await cluster.list('pods', undefined, never()))).toMatchObject({
      kind: 'shape',
      said: 'APIVersions where a PodList was promised',
      source: { backend: 'kubernetes', place: 'central' },
    });
  });
});

test('may I? is asked by POST and read from the status', async () => {
  let asked: Asked | undefined;
  const cluster = clusterOf(async (question) => {
    asked = question;
    return answerOf(201, '{"kind":"SelfSubjectAccessReview","status":{"allowed":true}}');
  });
  expect(valueIn(await cluster.may({ verb: 'get', resource: 'services', subresource: 'proxy' }, never()))).toBe(true);
  expect(asked).toMatchObject({ method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' });
});

describe('following', () => {
  const event = (type: string, name: string, version: string, phase = 'Running'): string =>
    JSON.stringify({
      type,
      object: { metadata: { name, namespace: 'a', resourceVersion: version }, status: { phase } },
    });
  const expired = JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old' } });

  /** Lists `lists` in turn, and gives each watch the lines of `watches` in turn; the last one stays open. */
  function followed(lists: readonly Answered[], watches: readonly (readonly string[])[]) {
    const from: string[] = [];
    let [listed, opened] = [0, 0];
    const stop = new AbortController();
    const [cluster] = makeClients({
      exchanges: {},
      clock: KUBE_CLOCK,
      clusters: [
        {
          context: 'central',
          namespaces: [],
          exchange: async () => lists[listed++] ?? lists.at(-1) ?? answerOf(500, ''),
          stream: async (asked, signal) => {
            from.push(asked.params.find(([name]) => name === 'resourceVersion')?.[1] ?? '');
            const lines = watches[opened++];
            async function* give() {
              yield* lines ?? [];
              if (opened >= watches.length) await new Promise((resolve) => signal.addEventListener('abort', resolve));
            }
            return { ok: true, lines: give() };
          },
        },
      ],
    }).clusters;
    if (!cluster) throw new Error('no cluster');
    return { stop, from, pictures: cluster.follow('pods', 'a', stop.signal) };
  }

  const list = (version: string, ...names: string[]): Answered =>
    answerOf(
      200,
      JSON.stringify({
        kind: 'PodList',
        metadata: { resourceVersion: version },
        items: names.map((name) => ({ metadata: { name, namespace: 'a' }, status: { phase: 'Running' } })),
      }),
    );

  /** Names and phases, until one picture is as wanted. */
  async function until(
    pictures: AsyncIterable<Result<readonly KubeKinds['pods'][]>>,
    wanted: string,
  ): Promise<string[]> {
    const seen: string[] = [];
    for await (const picture of pictures) {
      seen.push(picture.ok ? picture.value.map(({ name, phase }) => `${name}:${phase}`).join(' ') : picture.fault.kind);
      if (seen.at(-1) === wanted) break;
    }
    return seen;
  }

  test('a burst is one picture, and the last state of each is in it', async () => {
    const burst = Array.from({ length: 500 }, (_, turn) => event('MODIFIED', 'x', String(10 + turn), `turn-${turn}`));
    const { stop, pictures } = followed(
      [list('9', 'x', 'y')],
      [[...burst, event('DELETED', 'y', '600'), event('ADDED', 'z', '601')]],
    );
    expect(await until(pictures, 'x:turn-499 z:Running')).toEqual(['x:Running y:Running', 'x:turn-499 z:Running']);
    stop.abort();
  });

  test('begins where the list stood, goes on where a watch ended, and lists anew after a 410', async () => {
    const { stop, from, pictures } = followed(
      [list('9', 'x'), list('50', 'fresh')],
      [[event('MODIFIED', 'x', '12', 'Pending')], [expired], []],
    );
    await until(pictures, 'fresh:Running');
    stop.abort();
    expect(from).toEqual(['9', '12']);
  });

  test('bookmarks move the place and change nothing on the screen', async () => {
    const bookmark = JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '30' } } });
    const { stop, from, pictures } = followed([list('9', 'x')], [[bookmark], [event('MODIFIED', 'x', '31', 'Failed')]]);
    expect(await until(pictures, 'x:Failed')).toEqual(['x:Running', 'x:Failed']);
    stop.abort();
    expect(from).toEqual(['9', '30']);
  });

  test('the recorded watch of a table: columns come once, bookmarks are no pods', async () => {
    const lines = watched.frames.flatMap(([, text]) => String(text).trim().split('\n'));
    const stop = new AbortController();
    const empty = answerOf(200, '{"kind":"Table","metadata":{"resourceVersion":"0"},"rows":[]}');
    const [cluster] = makeClients({
      exchanges: {},
      clock: KUBE_CLOCK,
      clusters: [
        {
          context: 'eu-west',
          namespaces: [],
          exchange: async () => empty,
          stream: async () => ({
            ok: true,
            lines: (async function* () {
              yield* lines;
            })(),
          }),
        },
      ],
    }).clusters;
    for await (const picture of cluster?.follow('podCells', 'monitoring', stop.signal) ?? []) {
      if (!picture.ok || picture.value.length === 0) continue;
      expect(picture.value.map(({ name, ready, desired, ip }) => [name, ready, desired, ip])).toEqual([
        ['monitoring-agent-alloy-q9d4m', 1, 1, '10.244.2.40'],
      ]);
      break;
    }
    stop.abort();
  });

  test('where nothing can be watched, the list is asked again', async () => {
    const stop = new AbortController();
    const cluster = clusterOf(recordedExchange);
    for await (const picture of cluster.follow('events', 'monitoring', stop.signal)) {
      expect(picture.ok && picture.value).toHaveLength(2);
      break;
    }
    stop.abort();
  });
});
