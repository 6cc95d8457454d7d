import { readFileSync } from 'node:fs';
import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Asked, Exchange } from '../../src/domain/exchange.ts';
import { DISCARDED, QUEUE_LAG, QUEUE_SERIES, STACK_PRESENT } from '../../src/domain/questions-queues.ts';
import type { Loaded } from '../../src/domain/result.ts';
import { parseTenant, type Tenant } from '../../src/domain/tenant.ts';
import { lastOf } from '../../src/views/arrival.ts';
import type { LoadInput, Params } from '../../src/views/view.ts';
import { answersOf, INCIDENT, START_UNIX, STOPPED, TWO_DOWN } from '../domain/queues-fixture.ts';

type Lists = Readonly<Record<string, unknown>>;
const KUBE = JSON.parse(
  readFileSync(new URL('../fixtures/agents-kube-recorded.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Lists>>;

export const CONTEXTS = ['central', 'eu-west', 'edge'];
export const TENANTS: readonly Tenant[] = ['production-us-east', 'staging', 'production-eu-west', 'edge-dev'].flatMap(
  (name) => {
    const parsed = parseTenant(name);
    return parsed.ok ? [parsed.tenant] : [];
  },
);

/** An answer laid over the recorded ones; undefined: as recorded. */
export type Overlay = (asked: Asked, signal: AbortSignal) => Answered | Promise<Answered> | undefined;

export interface World {
  /** Seconds after the start of the recording. */
  readonly atSeconds?: number;
  readonly overlay?: Overlay;
  /** The scrapes taken while Mimir had lost its quorum. */
  readonly twoDown?: boolean;
  /** The scrapes taken after all of Mimir was killed. */
  readonly stopped?: boolean;
  /** Nobody was named, and nobody is known. */
  readonly nobody?: boolean;
  /** Only these tenants were named. */
  readonly named?: readonly string[];
  /** The last time at which Mimir was asked while it was recorded, seconds after the start. */
  readonly askedUntil?: number;
  readonly deadlineMs?: number;
}

/** Clients on the recorded agents, their clusters and what Mimir held of them. */
export function worldOf({
  atSeconds = 720,
  overlay,
  twoDown = false,
  stopped = false,
  nobody = false,
  named,
  askedUntil = Number.POSITIVE_INFINITY,
  deadlineMs,
}: World = {}) {
  const scrapes = (stopped ? STOPPED : twoDown ? TWO_DOWN : INCIDENT).scrapes;
  const lastUnix = (scrapes['edge-dev']?.rounds.at(-1)?.[0] ?? 0) + 1;
  const nowUnix = stopped ? lastUnix : twoDown ? 1_795_448_306 : START_UNIX + atSeconds;
  const asked: Asked[] = [];
  const recorded = (question: Asked): Answered => {
    const [backend, name = ''] = question.component.split('/');
    if (backend === 'kubernetes')
      return kube(KUBE[name]?.[question.path] ?? { kind: EMPTY[question.path.split('/').at(-1) ?? ''], items: [] });
    if (backend === 'agent') return scrape(scrapes[name], Math.min(nowUnix, question.beforeUnix ?? nowUnix));
    if (backend === 'loki') return json({ status: 'success', data: { resultType: 'streams', result: [] } });
    return mimir(question, nowUnix, START_UNIX + askedUntil);
  };
  const exchange: Exchange = async (question, signal) => {
    asked.push(question);
    return (await overlay?.(question, signal)) ?? recorded(question);
  };
  const reached = { exchange, place: 'central' };
  const clients = makeClients({
    exchanges: { mimir: reached, loki: reached, tempo: reached, agent: reached },
    clusters: CONTEXTS.map((context) => ({ context, exchange, namespaces: [] })),
    clock: { now: () => nowUnix, said: () => undefined },
    deadlineMs,
  });
  const inputOf = (params: Params): LoadInput => ({
    clients,
    tenants: nobody ? [] : TENANTS.filter((tenant) => named?.includes(tenant) ?? true),
    ...(named === undefined ? {} : { chosen: true as const }),
    params,
    time: { endUnix: Math.floor(nowUnix), live: false },
    nowUnix,
    signal: new AbortController().signal,
  });
  return {
    asked,
    clients,
    async load<Row>(load: (input: LoadInput) => AsyncIterable<Loaded<Row>>, params: Params = {}): Promise<Loaded<Row>> {
      const loaded = await lastOf(load(inputOf(params)));
      if (loaded === undefined) throw new Error('nothing was loaded');
      return loaded;
    },
  };
}

const json = (body: unknown, atUnix = 0): Answered => ({
  ok: true,
  status: 200,
  headers: {},
  text: JSON.stringify(body),
  atUnix,
});

const kube = (list: unknown): Answered => json({ metadata: {}, ...(list as object) }, START_UNIX);

/** Lists in which no agent stands. */
const EMPTY: Readonly<Record<string, string>> = {
  statefulsets: 'StatefulSetList',
  deployments: 'DeploymentList',
  services: 'ServiceList',
};

const notRecorded = (what: string): Answered => ({
  ok: false,
  kind: 'not-recorded',
  said: `no ${what} on the recording`,
});

function scrape(packed: (typeof INCIDENT.scrapes)[string] | undefined, untilUnix: number): Answered {
  const round = packed?.rounds.findLast(([atUnix]) => (atUnix ?? 0) <= untilUnix);
  if (packed === undefined || round === undefined) return notRecorded('scrape');
  const [atUnix, ...values] = round;
  const text = packed.names.map((name, index) => `${name} ${values[index] ?? 'NaN'}\n`).join('');
  return { ok: true, status: 200, headers: {}, text, atUnix: atUnix ?? 0 };
}

const vector = (result: readonly { metric: object; value: readonly [number, string] }[]): Answered =>
  json({ status: 'success', data: { resultType: 'vector', result } });

/** Discards as they were recorded at 12:35, from 10:05 on; see recordings/incident, `mimir/query/discarded`. */
const DISCARDED_THEN = { metric: { user: 'staging', reason: 'per_metric_series_limit' }, perSecond: '133.29' };

function mimir({ path, params, tenant }: Asked, nowUnix: number, untilUnix: number): Answered {
  const query = params.find(([name]) => name === 'query')?.[1];
  const time = Math.min(untilUnix, Number(params.find(([name]) => name === 'time')?.[1] ?? nowUnix));
  if (query === QUEUE_LAG) return json({ status: 'success', data: { resultType: 'matrix', result: [] } });
  if (query === STACK_PRESENT)
    return vector(tenant === 'production-us-east' ? [{ metric: {}, value: [time, '10'] }] : []);
  if (query === DISCARDED)
    return vector(
      time < START_UNIX + 640 ? [] : [{ metric: DISCARDED_THEN.metric, value: [time, DISCARDED_THEN.perSecond] }],
    );
  if (query === QUEUE_SERIES) {
    const answer = answersOf(tenant ?? '').findLast(({ atUnix }) => atUnix <= time);
    if (answer === undefined) return notRecorded('answer');
    return vector(
      answer.samples.map(({ labels, value }) => ({ metric: labels, value: [answer.atUnix, String(value)] })),
    );
  }
  return notRecorded(`${path} ${query}`);
}
