import type { HeaderSignal } from '../domain/header-probe.ts';
import { traceSearch } from '../domain/questions.ts';
import { LAST_SAMPLE } from '../domain/questions-tenants.ts';
import { judgeSignal, SILENT_SECONDS } from '../domain/signals.ts';
import type { Tenant } from '../domain/tenant.ts';
import { rfc3339OfUnix, SEARCH_WINDOW_SECONDS, SERIES_WINDOW_SECONDS } from '../domain/time.ts';
import { formatAge } from '../domain/units.ts';
import { makeGaps } from './arrival.ts';
import { NEWEST, signalOf } from './newest.ts';
import type { LoadInput } from './view.ts';

/** How far back is looked for who fell silent. */
const BACK_SECONDS = 86_400;

/**
 * Since when a tenant has sent nothing of a signal, in words; undefined where something is fresh, or nobody can tell.
 *
 * Fails: never; what a recording does not hold is not known.
 */
export async function silentSince(input: LoadInput, tenant: Tenant, signal: HeaderSignal): Promise<string | undefined> {
  const newest = await NEWEST[signal](input, tenant, makeGaps());
  const seen = signalOf(input.nowUnix, newest);
  if (!seen.asked || judgeSignal(seen) === 'good') return undefined;
  const last = newest.unix === undefined || signal === 'metrics' ? await LAST[signal](input, tenant) : undefined;
  const comes = last !== undefined && input.nowUnix - last <= SILENT_SECONDS;
  // Who is not scraped sends OTLP; who was scraped has lost its agent, whatever still comes by another way.
  if (newest.unix === undefined && comes) return undefined;
  const unix = newest.unix ?? last;
  if (unix !== undefined)
    return `${sayTime(unix)} (${formatAge(input.nowUnix - unix)} ago)${comes ? ' of what its agents scrape; other series still come' : ''}`;
  const usual = signal === 'metrics' ? SERIES_WINDOW_SECONDS : SEARCH_WINDOW_SECONDS;
  return signal === 'metrics' ? undefined : `before ${sayTime(input.nowUnix - (input.time.windowSeconds ?? usual))}`;
}

/** To the second. */
const sayTime = (unix: number): string => rfc3339OfUnix(Math.floor(unix));

/** Where the newest is looked for once the usual window is empty. Unix seconds. */
const LAST: Readonly<Record<HeaderSignal, (input: LoadInput, tenant: Tenant) => Promise<number | undefined>>> = {
  async metrics({ clients, time, signal }, tenant) {
    const page = await clients.mimirAdmin.tenantsOf('ingester', signal);
    const listed = page.ok ? page.value.find((each) => each.tenant === tenant)?.newestUnix : undefined;
    if (listed !== undefined) return listed;
    const answer = await clients.mimir(tenant).query(LAST_SAMPLE, time.endUnix, signal);
    const value = answer.ok ? answer.value[0]?.value : undefined;
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  },
  logs: async (input, tenant) => (await NEWEST.logs(farBack(input), tenant, makeGaps())).unix,
  async traces({ clients, time, signal }, tenant) {
    const window = { startUnix: time.endUnix - BACK_SECONDS, endUnix: time.endUnix };
    const answer = await clients.tempo(tenant).search(traceSearch({}), window, 1, signal);
    const found = answer.ok ? answer.value[0] : undefined;
    return found && Number(found.startNanos) / 1e9 + found.durationSeconds;
  },
};

const farBack = (input: LoadInput): LoadInput => ({ ...input, time: { ...input.time, windowSeconds: BACK_SECONDS } });
