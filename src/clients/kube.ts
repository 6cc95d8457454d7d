import type { Clock } from '../domain/exchange.ts';
import type { KubeKinds } from '../domain/kube-kinds.ts';
import type { Fault, Result } from '../domain/result.ts';
import type { KubeAccess, Kubernetes } from './clients.ts';
import { decodeJson, textOf } from './decode.ts';
import { fields } from './decode-kube.ts';
import type { Question, Send } from './http.ts';
import { follow } from './kube-follow.ts';
import { makeSurvey } from './kube-inventory.ts';
import { decodePage, LISTED, type Page, pathOf } from './kube-list.ts';
import type { OpenStream } from './kube-watch.ts';

/** Objects a page: what kubectl asks for. */
export const PAGE_MAX = 500;
/** A hundred thousand objects; more are not for a screen. */
const PAGES_MAX = 200;
const PAGE_BYTES_MAX = 64 * 1024 * 1024;

export interface KubernetesOptions {
  readonly context: string;
  readonly send: Send;
  readonly clock: Clock;
  /** Absent on a tape: then what changes is asked for again and again. */
  readonly stream?: OpenStream;
  /** Where to look after a 403 of the whole cluster. */
  readonly namespaces: readonly string[];
}

/** One cluster through its API server. */
export function makeKubernetes(options: KubernetesOptions): Kubernetes {
  const { context, send, clock, namespaces } = options;

  const page = <K extends keyof KubeKinds>(
    kind: K,
    namespace: string | undefined,
    next: string | undefined,
    signal: AbortSignal,
  ): Promise<Result<Page<KubeKinds[K]>>> => {
    const listed = LISTED[kind];
    const question: Question<Page<KubeKinds[K]>> = {
      component: `kubernetes/${context}`,
      path: pathOf(listed, namespace),
      params: [['limit', String(PAGE_MAX)], ...(next === undefined ? [] : ([['continue', next]] as const))],
      tenant: null,
      headers: listed.accept === undefined ? {} : { accept: listed.accept },
      bytesMax: PAGE_BYTES_MAX,
      decode: decodePage(listed),
    };
    return send(question, signal);
  };

  async function* pages<K extends keyof KubeKinds>(kind: K, namespace: string | undefined, signal: AbortSignal) {
    const begun = new Set<string>();
    let next: string | undefined;
    for (let count = 0; count < PAGES_MAX; count++) {
      const answer = await page(kind, namespace, next, signal);
      yield answer;
      next = answer.ok ? answer.value.next : undefined;
      // A tape does not tell pages apart: the same place twice would go on for ever.
      if (next === undefined || begun.has(next)) return;
      begun.add(next);
    }
  }

  const whole = async <K extends keyof KubeKinds>(
    kind: K,
    namespace: string | undefined,
    signal: AbortSignal,
  ): Promise<Result<Page<KubeKinds[K]>>> => {
    let answer = await collect(pages(kind, namespace, signal));
    // 410 on the way: what the list began with is no longer kept. Once more, from the start.
    if (!answer.ok && answer.fault.status === 410) answer = await collect(pages(kind, namespace, signal));
    return answer;
  };

  const lists: Pick<Kubernetes, 'context' | 'source' | 'namespaces' | 'list' | 'one'> = {
    context,
    source: send.source,
    namespaces,
    async list(kind, namespace, signal) {
      const answer = await whole(kind, namespace, signal);
      return answer.ok ? { ...answer, value: answer.value.items } : answer;
    },
    one(kind, namespace, name, signal) {
      const listed = LISTED[kind];
      return send(
        {
          component: `kubernetes/${context}`,
          path: `${pathOf(listed, namespace)}/${name}`,
          params: [],
          tenant: null,
          decode: (text) =>
            decodeJson(text, (answer) => {
              const value = listed.read(answer, new Map());
              return value === undefined ? { ok: false, said: `no ${kind} in the answer` } : { ok: true, value };
            }),
        },
        signal,
      );
    },
  };
  return {
    ...lists,
    survey: makeSurvey(lists, clock),
    async *pages(kind, namespace, signal) {
      for await (const answer of pages(kind, namespace, signal))
        yield answer.ok ? { ...answer, value: answer.value.items } : answer;
    },
    follow: (kind, namespace, signal) =>
      follow({ context, source: send.source, clock, list: whole, stream: options.stream }, kind, namespace, signal),
    may: (access, signal) => send(reviewOf(context, access), signal),
  };
}

async function collect<T>(pages: AsyncIterable<Result<Page<T>>>): Promise<Result<Page<T>>> {
  const items: T[] = [];
  const gaps: Fault[] = [];
  let last: Result<Page<T>> | undefined;
  for await (const answer of pages) {
    if (!answer.ok) return answer;
    items.push(...answer.value.items);
    gaps.push(...answer.gaps);
    last = answer;
  }
  if (!last?.ok) throw new Error('a list has at least one page');
  return { ...last, gaps, value: { items, version: last.value.version } };
}

/** "May I?", which the API server answers to everybody about himself. Source: apis.md 5. */
function reviewOf(context: string, { verb, resource, group, subresource, namespace }: KubeAccess): Question<boolean> {
  const resourceAttributes = { namespace, verb, group, resource, subresource };
  return {
    component: `kubernetes/${context}`,
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    params: [],
    tenant: null,
    body: JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    }),
    decode: (text) =>
      decodeJson(text, (answer) => {
        const { allowed } = fields(answer.status);
        if (typeof allowed === 'boolean') return { ok: true, value: allowed };
        return { ok: false, said: `${textOf(answer.kind) ?? 'an answer'} that neither allows nor forbids` };
      }),
  };
}
