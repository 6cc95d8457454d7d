import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Asked, Exchange } from '../../src/domain/exchange.ts';
import type { Fault, Result } from '../../src/domain/result.ts';
import { CLOCK } from './server.ts';

/** A recorded or made answer, as the fixtures hold it. */
export interface Fixture {
  readonly status?: number;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly text?: string;
}

export const answerOf = (fixture: Fixture, extra: { stale?: string } = {}): Answered => ({
  ok: true,
  status: fixture.status ?? 200,
  headers: (fixture.headers ?? {}) as Record<string, string>,
  text: fixture.text ?? JSON.stringify(fixture.body),
  atUnix: CLOCK.now() - 3,
  ...extra,
});

/** Clients whose backends give these answers in turn (the last again and again), and what they were asked. */
export function scripted(...answers: Answered[]) {
  const asked: Asked[] = [];
  const exchange: Exchange = async (question) => {
    asked.push(question);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (!answer) throw new Error('the script has no answer');
    return answer;
  };
  const reached = { exchange, place: 'central' };
  return {
    asked,
    clients: makeClients({ exchanges: { mimir: reached, loki: reached, tempo: reached }, clock: CLOCK }),
  };
}

export function valueIn<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.fault.kind}: ${result.fault.said}`);
  return result.value;
}

export function faultOf(result: Result<unknown>): Fault {
  if (result.ok) throw new Error('an answer where a fault was expected');
  return result.fault;
}

/** The question as a line: path, parameters in order, and the headers that change the answer. */
export const lineOf = ({ method, component, path, params, headers }: Asked): string =>
  `${method} ${component} ${path} ${params.map(([name, value]) => `${name}=${value}`).join(' ')} ${JSON.stringify(headers)}`;
