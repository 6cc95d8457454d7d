import { makeClients } from '../src/clients/make.ts';
import type { Answered, Asked, Exchange } from '../src/domain/exchange.ts';
import type { Fault } from '../src/domain/result.ts';
import recorded from './fixtures/kube-recorded.json' with { type: 'json' };
import refused from './fixtures/kube-refused-recorded.json' with { type: 'json' };

/** When the recorded lists were given, Unix seconds. */
export const KUBE_AT = recorded.at ?? 0;
export const KUBE_CLOCK = { now: () => KUBE_AT, said: () => undefined };

const LISTS: Readonly<Record<string, unknown>> = recorded.lists;

/** Answers of the three recorded clusters; what was not recorded is told so. */
export const recordedExchange: Exchange = async (asked: Asked): Promise<Answered> => {
  const [backend, context] = asked.component.split('/');
  const table = asked.headers.accept?.includes('as=Table') ? ' table' : '';
  const found = backend === 'kubernetes' ? LISTS[`${context} ${asked.path}${table}`] : undefined;
  if (found === undefined) return { ok: false, kind: 'not-recorded', said: `${asked.component} ${asked.path}` };
  return answerOf(200, JSON.stringify(found));
};

export const answerOf = (status: number, text: string): Answered => ({
  ok: true,
  status,
  headers: { 'content-type': 'application/json' },
  text,
  atUnix: KUBE_AT,
});

/** A user who may get and list pods in one namespace: the recorded refusal for all else. */
export const viewerExchange: Exchange = async (asked, signal) => {
  if (/^\/api\/v1\/namespaces\/monitoring\/pods$/.test(asked.path)) return recordedExchange(asked, signal);
  const resource = asked.path.split('/').at(-1) ?? '';
  const said = JSON.parse(refused.statefulsets.text).message.replaceAll('statefulsets', resource);
  return { ok: false, kind: 'forbidden', status: 403, said: `API server of context central: ${said}` };
};

/** Clients that know these contexts. */
export const clientsOf = (
  contexts: readonly string[],
  exchange: Exchange = recordedExchange,
  namespaces: readonly string[] = ['monitoring'],
) =>
  makeClients({
    exchanges: {},
    clusters: contexts.map((context) => ({ context, exchange, namespaces })),
    clock: KUBE_CLOCK,
  });

export const sayGap = ({ kind, source, said }: Fault): string => `${kind} ${source.backend}@${source.place}: ${said}`;
