import type { QueueRates } from '../domain/queues.ts';
import type { QueueRow } from '../domain/queues-sight.ts';
import { type Json, sourceKey } from '../domain/result.ts';
import { formatAge, formatCount, formatDuration, formatRate, formatSeconds, formatShare } from '../domain/units.ts';
import { shardsText } from './queues-columns.ts';

/** A row by the contract. */
export function recordOf(row: QueueRow): { readonly [field: string]: Json | undefined } {
  return {
    context: row.context,
    cluster: row.cluster ?? null,
    agent: row.agent,
    kind: row.kind,
    tenant: row.tenant ?? null,
    endpoint: row.endpoint,
    verdict: row.judged.verdict,
    cause: row.judged.cause,
    because: row.judged.because,
    next: row.judged.next ?? null,
    ...numbersOf(row.queue),
    secondsToLoss: row.judged.outlook.secondsToLoss ?? null,
    secondsToSureLoss: row.judged.outlook.secondsToSureLoss ?? null,
    secondsToDrain: row.judged.outlook.secondsToDrain ?? null,
    component: row.component,
    namespace: row.namespace,
    node: row.node ?? null,
    source: sourceKey(row.origin.source),
  };
}

/** What is not known is null, never 0. */
function numbersOf(queue: QueueRow['queue']): { readonly [field: string]: Json } {
  const numbers = {
    lagSeconds: queue?.lagSeconds,
    shards: queue?.shards,
    shardsDesired: queue?.shardsDesired,
    shardsMax: queue?.shardsMax,
    bufferFill: queue?.bufferFill,
    sentPerSecond: queue?.rates?.delivered,
    failedPerSecond: queue?.rates?.failed,
    retriedPerSecond: queue?.rates?.retried,
    droppedPerSecond: queue?.rates && (queue.rates.dropped ?? 0),
    batchP99Seconds: queue?.batchP99Seconds,
  };
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, value ?? null]));
}

/** Everything known of one queue. */
export function detailsOf(row: QueueRow): readonly (readonly [string, string])[] {
  const { queue, judged, evidence } = row;
  const rates = queue?.rates;
  const header = evidence.header;
  return [
    ['state', `${judged.verdict}: ${judged.cause}`],
    ['because', judged.because],
    ['next', judged.next ?? 'nothing is to be done'],
    ['loss and drain', judged.outlook.said || 'neither in sight'],
    ['kept while unsent', sayKeeping(row)],
    ['agent', [row.context, row.namespace, row.agent, row.node].filter(Boolean).join(' · ')],
    ['what it is', queue?.build ? `${queue.build.name} ${queue.build.version}` : 'it does not say'],
    ['queue', [row.kind, row.component, row.endpoint].filter(Boolean).join(' · ')],
    ['tenant', row.tenant ?? (header?.state === 'missing' ? 'none is sent' : 'unknown')],
    ['tenant header', header ? `${header.state}: ${header.where}` : 'no configuration is known'],
    ['lag', queue?.neverSent ? 'nothing sent yet' : formatSeconds(queue?.lagSeconds)],
    [
      'lag over the window',
      row
        .trend()
        .map((seconds) => formatAge(seconds))
        .join(' ') || 'unknown',
    ],
    ['shards now/desired/max', shardsText(row)],
    ['waiting', `${formatCount(queue?.pending)}, buffers ${formatShare(queue?.bufferFill)} full`],
    ['comes in', formatRate(rates?.in)],
    ['tried', formatRate(rates?.attempts)],
    ['sent', formatRate(rates?.delivered)],
    ['failed, retried, dropped', sayUnsent(rates)],
    ['batch p99, mean', `${formatSeconds(queue?.batchP99Seconds)}, ${formatSeconds(queue?.batchMeanSeconds)}`],
    ['statuses', pairs(queue?.statuses) || 'not counted by this exporter'],
    ['reasons of loss', pairs(queue?.reasons) || 'none'],
    ['in Mimir', evidence.inMimir === undefined ? 'not known' : evidence.inMimir ? 'yes' : 'absent'],
  ];
}

function sayUnsent(rates: QueueRates | undefined): string {
  const { failed, retried, retriedBatches: batches } = rates ?? {};
  const again = batches === undefined ? formatRate(retried) : `${formatRate(batches)} batches`;
  return [formatRate(failed), again, formatRate(rates && (rates.dropped ?? 0))].join(', ');
}

function sayKeeping({ evidence: { keeping }, queue }: QueueRow): string {
  if (queue?.signal !== 'metrics') return 'no WAL unless it is configured';
  if (keeping === undefined) return 'not known';
  const { kept, cut } = keeping;
  const cutSaid = cut ? `; WAL cut to a third every ${formatDuration(cut.seconds)} (${cut.said})` : '';
  return `${formatDuration(kept.seconds)} (${kept.said})${cutSaid}`;
}

const pairs = (counts: ReadonlyMap<string, number> | undefined): string =>
  [...(counts ?? [])]
    .filter(([, rate]) => rate > 0)
    .map(([key, rate]) => `${key} ${formatRate(rate)}`)
    .join(', ');
