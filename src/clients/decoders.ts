import type { LogLine } from '../domain/log.ts';
import type { Exemplar, Labels, Sample, Series } from '../domain/series.ts';
import { type Window, windowAnswered } from '../domain/time.ts';
import type { Trace, TraceSummary } from '../domain/trace.ts';
import { decodeLines } from './decode-loki.ts';
import { decodeExemplars, decodeLabelSets, decodeNames, decodeSamples, decodeSeries } from './decode-prometheus.ts';
import { decodeSearch } from './decode-search.ts';
import { decodeTrace } from './decode-trace.ts';
import type { Decoded } from './decoded.ts';

/** What can be told to another thread: which of `decoders`, and with what. */
export interface Job {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Reads an answer, here or by its job elsewhere. `untilUnix`: as in `Question`. */
export interface Decoder<T> {
  (text: string, untilUnix: number): Decoded<T>;
  readonly job?: Job;
}

const told =
  <Args extends readonly unknown[], T>(name: string, make: (...args: Args) => Decoder<T>) =>
  (...args: Args): Decoder<T> =>
    Object.assign((text: string, untilUnix: number) => make(...args)(text, untilUnix), { job: { name, args } });

/** The answers that can be large. Each stands under the name its job bears. */
export const decoders = {
  trace: told(
    'trace',
    (traceId: string): Decoder<Trace> =>
      (text) =>
        decodeTrace(text, traceId),
  ),
  search: told(
    'search',
    (window: Window): Decoder<readonly TraceSummary[]> =>
      (text, untilUnix) =>
        decodeSearch(text, windowAnswered(window, untilUnix)),
  ),
  lines: told(
    'lines',
    (window: Window, limit: number, direction: 'forward' | 'backward'): Decoder<readonly LogLine[]> =>
      (text, untilUnix) =>
        decodeLines(text, windowAnswered(window, untilUnix), limit, direction),
  ),
  samples: told('samples', (): Decoder<readonly Sample[]> => decodeSamples),
  series: told(
    'series',
    (window: Window, slackSeconds: number): Decoder<readonly Series[]> =>
      (text, untilUnix) =>
        decodeSeries(text, windowAnswered(window, untilUnix), slackSeconds),
  ),
  exemplars: told(
    'exemplars',
    (window: Window): Decoder<readonly Exemplar[]> =>
      (text, untilUnix) =>
        decodeExemplars(text, windowAnswered(window, untilUnix)),
  ),
  names: told('names', (): Decoder<readonly string[]> => decodeNames),
  labelSets: told('labelSets', (): Decoder<readonly Labels[]> => decodeLabelSets),
};

/** Do a job. Undefined: nobody here knows it. */
export function decodeJob({ name, args }: Job, text: string, untilUnix: number): Decoded<unknown> | undefined {
  const make = Object.entries(decoders).find(([known]) => known === name)?.[1] as
    | ((...args: readonly unknown[]) => Decoder<unknown>)
    | undefined;
  return make?.(...args)(text, untilUnix);
}
