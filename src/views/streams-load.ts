import { type LabelSaving, savings } from '../domain/culprit.ts';
import type { Origin, Verdict } from '../domain/result.ts';
import { countStreams, judgeStreams } from '../domain/streams.ts';
import type { Tenant } from '../domain/tenant.ts';
import { searchWindow, seriesWindow } from '../domain/time.ts';
import type { Gaps } from './arrival.ts';
import { learnLogs } from './learn.ts';
import type { LoadInput } from './view.ts';

/** Log streams of one tenant, and what each index label makes of them. */
export interface TenantStreams {
  readonly tenant: Tenant;
  readonly streams: number;
  readonly labels: readonly LabelSaving[];
  readonly verdict: Verdict;
  readonly because: string;
  readonly origin: Origin;
}

/** Streams of the last five minutes; undefined where there are none, or Loki could not be asked. */
export async function loadStreams(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<TenantStreams | undefined> {
  const { clients, time, signal } = input;
  const loki = clients.loki(tenant);
  const { selector } = await learnLogs(clients, tenant, { namespaces: [] }, time, gaps, signal);
  if (selector === undefined) return undefined;
  const [labels, answer] = await Promise.all([
    loki.labels(seriesWindow(time), signal),
    loki.streams(selector, searchWindow(time), signal),
  ]);
  const names = gaps.take(labels);
  const streams = gaps.take(answer);
  if (names === undefined || streams === undefined || streams.length === 0 || !answer.ok) return undefined;
  const counted = countStreams(streams, names);
  return {
    tenant,
    streams: counted.streams,
    labels: savings(counted.streams, counted.counts),
    ...judgeStreams(counted.counts),
    origin: answer.origin,
  };
}
