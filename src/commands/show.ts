import type { Clients } from '../clients/clients.ts';
import type { Clock } from '../domain/exchange.ts';
import { nextStep, sayFault } from '../domain/faults.ts';
import type { Loaded } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { clean, toAscii } from '../domain/text.ts';
import type { TimeRange } from '../domain/time.ts';
import type { Params, View } from '../views/view.ts';
import type { Answer, Format, Page } from './answer.ts';
import { EXIT, type Out } from './out.ts';
import { print } from './print.ts';
import { tellRequests } from './requests.ts';

/** Everything one command needs; time does not stand in it, for `--watch` moves it. */
export interface Show {
  readonly view: View<unknown>;
  readonly params: Params;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly tenants: readonly Tenant[];
  /** They were named, and are not simply all that there are. */
  readonly chosen?: true;
  readonly sinceSeconds?: number;
  /** A fixed end, Unix seconds; absent: the clock's now. */
  readonly atUnix?: number;
  readonly format: Format;
  readonly page: Page;
  readonly requests: boolean;
  /** Seconds between two rounds of `--watch`; absent: once. */
  readonly watchSeconds?: number;
}

/**
 * Any view, once or again and again, printed. The answer is the exit code of the last round: 1 if a judged row is bad,
 * else 2 if a gap touches what was asked, else 0.
 */
export async function show(what: Show, out: Out, signal: AbortSignal): Promise<number> {
  const stopTelling = what.requests ? tellRequests(what.clients.journal, (line) => out.warn(line)) : () => undefined;
  try {
    for (let round = 0; ; round++) {
      const ended = what.clock.said() !== undefined;
      const answer = await askOnce(what, signal);
      if (signal.aborted) return EXIT.gap;
      out.write(print(answer, what.format, what.page, { watch: what.watchSeconds !== undefined, again: round > 0 }));
      if (what.format !== 'json') warnOf(answer, what.page, out);
      const code = exitOf(answer, what.params);
      if (what.watchSeconds === undefined || ended || out.closed() || signal.aborted) return code;
      await pause(what.watchSeconds, signal);
      if (signal.aborted) return code;
    }
  } finally {
    stopTelling();
  }
}

async function askOnce(what: Show, signal: AbortSignal): Promise<Answer> {
  const nowUnix = what.clock.now();
  const endUnix = Math.floor(what.atUnix ?? nowUnix);
  const time: TimeRange = { endUnix, windowSeconds: what.sinceSeconds, live: false };
  const { view, params, clients, tenants } = what;
  const chosen = what.chosen ? { chosen: what.chosen } : {};
  let last: Loaded<unknown> = { rows: [], gaps: [], complete: false, because: `${view.id} gave no answer` };
  for await (const loaded of view.load({ clients, tenants, params, time, nowUnix, signal, ...chosen })) last = loaded;
  return { view, loaded: last, tenants, atUnix: endUnix };
}

/** Why it is empty, how it was found, what is missing: beside the rows, never among them. */
function warnOf({ loaded }: Answer, page: Page, out: Out): void {
  const say = (line: string): void => out.warn(page.ascii ? toAscii(clean(line)) : clean(line));
  if (loaded.rows.length === 0 && loaded.because !== undefined) say(loaded.because);
  if (loaded.note !== undefined) say(`note: ${loaded.note}`);
  for (const gap of loaded.gaps) say(`gap: ${gap.kind}: ${sayFault(gap)}; next: ${nextStep(gap)}`);
}

function exitOf({ view, loaded }: Answer, params: Params): number {
  const decided = view.decides?.(loaded, params);
  if (decided === null) return EXIT.gap;
  if (decided !== undefined) return decided ? EXIT.bad : EXIT.good;
  if (view.judges && loaded.rows.some((row) => view.record(row)['verdict'] === 'bad')) return EXIT.bad;
  return loaded.gaps.length > 0 ? EXIT.gap : EXIT.good;
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const timer = setTimeout(end, seconds * 1000);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  });
}
