import { type LabelSaving, savings } from '../domain/culprit.ts';
import type { FaultKind, Origin, Verdict } from '../domain/result.ts';
import type { Labels } from '../domain/series.ts';
import { countStreams, judgeStreams } from '../domain/streams.ts';
import type { Tenant } from '../domain/tenant.ts';
import { searchWindow, seriesWindow } from '../domain/time.ts';
import type { Gaps } from './arrival.ts';
import { learnLogs } from './learn.ts';
import type { LoadInput } from './view.ts';

/** Log streams of one tenant, and what each index label makes of them. */
export interface TenantStreams {
  readonly tenant: Tenant;
  /** Undefined: too many to be listed. */
  readonly streams: number | undefined;
  readonly labels: readonly LabelSaving[];
  readonly verdict: Verdict;
  readonly because: string;
  readonly origin: Origin;
}

/** Streams of the last five minutes as Loki lists them. */
export interface StreamList {
  /** The selector that was asked for, never empty. */
  readonly selector: string;
  /** Index labels: the list may carry more. */
  readonly names: readonly string[];
  readonly streams: readonly Labels[];
  readonly origin: Origin;
}

/** Loki lists them, but not so many. */
const TOO_MANY: readonly FaultKind[] = ['too-large', 'limit', 'timeout'];

/** The streams themselves; undefined where there are none, or Loki could not be asked. `tooMany`: they are not to be listed. */
export async function listStreams(
  input: LoadInput,
  tenant: Tenant,
  gaps: Gaps,
): Promise<StreamList | 'tooMany' | undefined> {
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
  if (!answer.ok && TOO_MANY.includes(answer.fault.kind)) return 'tooMany';
  if (names === undefined || streams === undefined || streams.length === 0 || !answer.ok) return undefined;
  return { selector, names, streams, origin: answer.origin };
}

/** Streams of the last five minutes by label; of too many only how many values each label has. */
export async function loadStreams(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<TenantStreams | undefined> {
  const list = await listStreams(input, tenant, gaps);
  if (list === undefined) return undefined;
  if (list === 'tooMany') return loadDetected(input, tenant, gaps);
  const counted = countStreams(list.streams, list.names);
  return {
    tenant,
    streams: counted.streams,
    labels: savings(counted.streams, counted.counts),
    ...judgeStreams(counted.counts),
    origin: list.origin,
  };
}

/** Where streams are too many to be listed, Loki itself counts the values of their labels. */
async function loadDetected(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<TenantStreams | undefined> {
  const answer = await input.clients.loki(tenant).detectedLabels(seriesWindow(input.time), input.signal);
  const detected = gaps.take(answer);
  if (detected === undefined || !answer.ok) return undefined;
  const counts = detected.map(({ label, values }) => ({ label, values, seriesWithout: undefined }));
  const { verdict, because } = judgeStreams(counts);
  const said = ['too many streams to be listed', because].filter((part) => part !== '').join('; ');
  return {
    tenant,
    streams: undefined,
    labels: savings(undefined, counts),
    verdict: verdict === 'good' ? 'warn' : verdict,
    because: said,
    origin: answer.origin,
  };
}
