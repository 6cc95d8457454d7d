import type { HeaderSignal } from '../domain/header-probe.ts';
import { ANY_TRACE, FRESHNESS } from '../domain/questions.ts';
import { LAST_SCRAPE } from '../domain/questions-tenants.ts';
import type { Origin } from '../domain/result.ts';
import type { Signal } from '../domain/signals.ts';
import type { Tenant } from '../domain/tenant.ts';
import { searchWindow } from '../domain/time.ts';
import { type Gaps, makeGaps } from './arrival.ts';
import { learnLogs } from './learn.ts';
import type { LoadInput } from './view.ts';

/** The newest that a tenant has of one signal. */
export interface Newest {
  readonly unix?: number;
  readonly atMost?: boolean;
  readonly asked: boolean;
  readonly origin?: Origin;
}

export const signalOf = (nowUnix: number, newest: Newest | undefined): Signal => ({
  asked: newest?.asked ?? false,
  ageSeconds: newest?.unix === undefined ? undefined : Math.max(0, nowUnix - newest.unix),
  atMost: newest?.atMost,
});

async function newestSample(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<Newest> {
  const answer = await input.clients.mimir(tenant).query(FRESHNESS, input.time.endUnix, input.signal);
  const value = gaps.take(answer)?.[0]?.value;
  const fresh = value !== undefined && Number.isFinite(value) ? value : undefined;
  return {
    asked: answer.ok,
    origin: answer.ok ? answer.origin : undefined,
    unix: fresh ?? (answer.ok ? await lastScrape(input, tenant) : undefined),
  };
}

/** Nothing is scraped any more: since when? Where nobody ever scraped, or that was not recorded, it is not known. */
async function lastScrape({ clients, time, signal }: LoadInput, tenant: Tenant): Promise<number | undefined> {
  const answer = await clients.mimir(tenant).query(LAST_SCRAPE, time.endUnix, signal);
  const value = answer.ok ? answer.value[0]?.value : undefined;
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

async function newestLine(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<Newest> {
  const own = makeGaps();
  const { selector } = await learnLogs(input.clients, tenant, { namespaces: [] }, input.time, own, input.signal);
  for (const gap of own.list) gaps.note(gap);
  if (selector === undefined) return { asked: own.list.length === 0 };
  const answer = await input.clients
    .loki(tenant)
    .lines(selector, searchWindow(input.time), { limit: 1, direction: 'backward', plain: true }, input.signal);
  const line = gaps.take(answer)?.[0];
  return { asked: answer.ok, origin: answer.ok ? answer.origin : undefined, unix: line && Number(line.atNanos) / 1e9 };
}

async function newestTrace(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<Newest> {
  const answer = await input.clients.tempo(tenant).search(ANY_TRACE, searchWindow(input.time), 1, input.signal);
  const found = gaps.take(answer)?.[0];
  return {
    asked: answer.ok,
    origin: answer.ok ? answer.origin : undefined,
    unix: found && Number(found.startNanos) / 1e9 + found.durationSeconds,
    atMost: true,
  };
}

/** How the newest of each signal is asked. */
export const NEWEST: Readonly<Record<HeaderSignal, (input: LoadInput, tenant: Tenant, gaps: Gaps) => Promise<Newest>>> =
  {
    metrics: newestSample,
    logs: newestLine,
    traces: newestTrace,
  };
