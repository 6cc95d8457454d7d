import type { HeaderSignal, ProbeQuestion } from '../domain/header-probe.ts';
import { holdingsOf, PROBES, STRANGER } from '../domain/header-probe.ts';
import type { Reach } from '../domain/reach.ts';
import type { Result } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { parseJson } from './decode.ts';
import type { Decoded } from './decoded.ts';
import type { AgentUrl, ElsewhereFound } from './elsewhere.ts';
import { cut } from './faults.ts';
import type { Send } from './http.ts';

type Database = 'mimir' | 'loki' | 'tempo';

export const DATABASE_OF: Readonly<Record<HeaderSignal, Database>> = {
  metrics: 'mimir',
  logs: 'loki',
  traces: 'tempo',
};

/** One way in, as far as a signal goes. */
export interface EntryPoint {
  readonly signal: HeaderSignal;
  /** `plain` is the way that all other questions take. */
  readonly name: string;
  /** As in `Asked`. */
  readonly component: string;
  /** Who logs in there, where a recording tells. */
  readonly user?: string;
  /** As whom this console logs in, where that may decide the tenant. */
  readonly login?: string;
  /** How it is reached, in words of `Reach`; absent on a recording. */
  readonly reach?: Reach;
  /** Of a URL that stands in an agent's configuration: how that was found. */
  readonly elsewhere?: Extract<ElsewhereFound, { ok: true }>;
}

/** `context`: the cluster within which alone the URL means something. */
export type EntryFound =
  | { readonly ok: true; readonly entry: EntryPoint; readonly context?: string }
  | { readonly ok: false; readonly because: string; readonly context?: string };

/** What an answer to a probe says. */
export interface ProbeAnswer {
  /** First line, clean. */
  readonly said: string;
  /** Absent where the question proves only a login. */
  readonly holds?: readonly string[];
}

/** The only questions that may go out without a tenant to a path that wants one: to see whether it is refused. */
export interface HeaderProbes {
  /**
   * A tenant that cannot exist, the same as long as the program runs: servers keep metrics of every tenant they are asked as,
   * and a new name each time would be the cardinality that the console warns of.
   */
  readonly stranger: string;
  entries(signal: HeaderSignal): readonly EntryPoint[];
  /** The way in that agents take, by the URL in their configuration. Fails: with a sentence. */
  entryAt(signal: HeaderSignal, at: AgentUrl): EntryFound;
  /** `tenant` null: without the header, on purpose. */
  ask(
    entry: EntryPoint,
    question: ProbeQuestion,
    tenant: Tenant | null,
    signal: AbortSignal,
  ): Promise<Result<ProbeAnswer>>;
}

/** A way in that a recording knows. */
export interface RecordedEntry {
  readonly component: string;
  readonly identity: string;
}

export interface HeaderProbesOptions {
  /** How a backend is asked by who is asking, or by a user of the recording. */
  send(backend: Database, identity?: string): Send;
  reach(component: string): Reach | undefined;
  readonly login?: string;
  readonly recorded?: readonly RecordedEntry[];
  elsewhere(signal: HeaderSignal, at: AgentUrl): ElsewhereFound;
  sendElsewhere(backend: Database, found: Extract<ElsewhereFound, { ok: true }>): Send;
}

/** Where a chart's gateway stands beside the components. */
const GATEWAYS = ['gateway', 'nginx'];

/**
 * Probes of the tenant header at every way in that is known.
 *
 * Fails: never; a question that is none of the probes is refused before it is sent.
 */
export function makeHeaderProbes(options: HeaderProbesOptions): HeaderProbes {
  const { send, reach, recorded = [] } = options;
  const sends = new Map<string, Send>();
  const sendOf = ({ signal, user, elsewhere }: EntryPoint): Send => {
    const key = `${signal} ${user ?? ''} ${elsewhere?.component ?? ''} ${elsewhere?.way ?? ''}`;
    const backend = DATABASE_OF[signal];
    const known = sends.get(key) ?? (elsewhere ? options.sendElsewhere(backend, elsewhere) : send(backend, user));
    sends.set(key, known);
    return known;
  };
  return {
    stranger: `${STRANGER}${Math.random().toString(36).slice(2, 10)}`,
    entries(signal) {
      const backend = DATABASE_OF[signal];
      const gateways = GATEWAYS.flatMap((part): EntryPoint[] => {
        const way = reach(`${backend}/${part}`);
        return way === undefined || way.by === 'url'
          ? []
          : [{ signal, name: part, component: `${backend}/${part}`, reach: way }];
      });
      const others = recorded.flatMap(({ component, identity }): EntryPoint[] =>
        new RegExp(`^${backend}[:/]`).test(component)
          ? [{ signal, name: component.slice(backend.length + 1), component, ...(identity ? { user: identity } : {}) }]
          : [],
      );
      const way = reach(backend);
      const login = way?.by === 'url' ? options.login : undefined;
      return [{ signal, name: 'plain', component: backend, reach: way, login }, ...gateways, ...others];
    },
    entryAt(signal, at) {
      const found = options.elsewhere(signal, at);
      if (!found.ok) return found;
      const { component, login, context } = found;
      return { ok: true, entry: { signal, name: at.url, component, login, elsewhere: found }, context };
    },
    async ask(entry, question, tenant, signal) {
      const through = sendOf(entry);
      if (!isProbe(entry.signal, question)) {
        const said = `${question.path} is no probe: it was not sent`;
        return { ok: false, fault: { kind: 'bad-query', source: through.source, said } };
      }
      const { path, params } = question;
      return through({ component: entry.component, path, params, tenant, decode: decodeProbe(question) }, signal);
    },
  };
}

/** Without a tenant only these go out, whoever asks. */
const isProbe = (signal: HeaderSignal, question: ProbeQuestion): boolean => PROBES[signal].includes(question);

const decodeProbe =
  (question: ProbeQuestion) =>
  (text: string): Decoded<ProbeAnswer> => {
    const parsed = parseJson(text);
    if (!parsed.ok) return parsed;
    const said = cut(text.split('\n')[0] ?? '');
    if (question.proves === 'login') return { ok: true, value: { said } };
    const holds = holdingsOf(question, parsed.value);
    return holds
      ? { ok: true, value: { said, holds } }
      : { ok: false, said: `not the list that was promised: ${said}` };
  };
