import { QUEUE_LIMITS } from '../domain/queues-causes.ts';
import type { QueueRow } from '../domain/queues-sight.ts';
import { sourceKey } from '../domain/result.ts';
import { sparkline } from '../domain/sparkline.ts';
import { formatAge, formatCount, formatRate, formatSeconds, formatShare, UNKNOWN } from '../domain/units.ts';
import { VERDICT_WORDS } from './verdict-words.ts';
import type { Column } from './view.ts';

export const queueColumns: readonly Column<QueueRow>[] = [
  {
    id: 'state',
    title: 'STATE',
    cell: (row) => VERDICT_WORDS[row.judged.verdict],
    tone: (row) => row.judged.verdict,
    letter: 'S',
    sortBy: (row) => ['good', 'unknown', 'warn', 'bad'].indexOf(row.judged.verdict),
    keep: 120,
    widthMin: 9,
  },
  { id: 'agent', title: 'AGENT', cell: (row) => row.agent, letter: 'A', keep: 100, widthMin: 12, widthMax: 40 },
  {
    id: 'because',
    title: 'BECAUSE',
    cell: (row) => row.judged.because,
    tone: (row) => (row.judged.verdict === 'good' ? 'dim' : 'plain'),
    letter: 'B',
    keep: 110,
    // What is wrong comes before numbers; on eighty columns it gives way to the lag alone.
    widthMin: 46,
    widthMax: 160,
    grow: true,
  },
  {
    id: 'queue',
    title: 'QUEUE',
    cell: (row) => row.component,
    tone: () => 'dim',
    letter: 'Q',
    keep: 72,
    widthMin: 8,
    widthMax: 34,
  },
  {
    id: 'lag',
    title: 'LAG',
    cell: (row) => (row.queue?.neverSent ? 'never' : formatAge(row.queue?.lagSeconds)),
    sortBy: (row) => row.queue?.lagSeconds,
    alignRight: true,
    letter: 'L',
    keep: 101,
    widthMin: 5,
  },
  {
    id: 'trend',
    title: 'LAG TREND',
    // The seconds between two scrapes are no lag.
    cell: (row) => sparkline(row.trend(), 10, QUEUE_LIMITS.lagSecondsWarn),
    tone: () => 'dim',
    keep: 45,
    widthMin: 10,
    widthMax: 10,
  },
  {
    id: 'shards',
    title: 'SHARDS',
    cell: shardsText,
    tone: (row) =>
      (row.queue?.shardsDesired ?? 0) > (row.queue?.shardsMax ?? Number.POSITIVE_INFINITY) ? 'bad' : 'plain',
    sortBy: (row) => row.queue?.shardsDesired,
    alignRight: true,
    letter: 'H',
    keep: 80,
    widthMin: 7,
  },
  {
    id: 'fill',
    title: 'FILL',
    cell: (row) => formatShare(row.queue?.bufferFill),
    sortBy: (row) => row.queue?.bufferFill,
    alignRight: true,
    letter: 'F',
    keep: 50,
    widthMin: 5,
  },
  {
    id: 'sent',
    title: 'SENT',
    cell: (row) => formatRate(row.queue?.rates?.delivered),
    sortBy: (row) => row.queue?.rates?.delivered,
    alignRight: true,
    letter: 'N',
    keep: 85,
    widthMin: 6,
  },
  {
    id: 'failed',
    title: 'FAILED',
    cell: (row) => formatRate(row.queue?.rates?.failed),
    tone: (row) => ((row.queue?.rates?.failed ?? 0) > 0 ? 'bad' : 'plain'),
    sortBy: (row) => row.queue?.rates?.failed,
    alignRight: true,
    letter: 'I',
    keep: 90,
    widthMin: 6,
  },
  {
    id: 'retried',
    title: 'RETRIED',
    cell: (row) => formatRate(row.queue?.rates?.retried),
    sortBy: (row) => row.queue?.rates?.retried,
    alignRight: true,
    letter: 'R',
    keep: 55,
    widthMin: 7,
  },
  {
    id: 'dropped',
    title: 'DROPPED',
    cell: (row) => (row.queue?.rates ? formatRate(row.queue.rates.dropped ?? 0) : UNKNOWN),
    sortBy: (row) => row.queue?.rates?.dropped,
    alignRight: true,
    letter: 'D',
    keep: 40,
    widthMin: 7,
  },
  {
    id: 'p99',
    title: 'BATCH P99',
    cell: (row) => formatSeconds(row.queue?.batchP99Seconds),
    sortBy: (row) => row.queue?.batchP99Seconds,
    alignRight: true,
    letter: 'P',
    keep: 35,
    widthMin: 9,
  },
  {
    id: 'tenant',
    title: 'TENANT',
    cell: (row) => row.tenant ?? (row.evidence.header?.state === 'missing' ? 'none' : UNKNOWN),
    tone: (row) => (row.evidence.header?.state === 'missing' ? 'bad' : 'plain'),
    letter: 'T',
    keep: 75,
    widthMin: 8,
    widthMax: 24,
  },
  {
    id: 'kind',
    title: 'KIND',
    cell: (row) => row.kind,
    letter: 'K',
    keep: 30,
    widthMin: 8,
    widthMax: 26,
    wide: true,
  },
  {
    id: 'endpoint',
    title: 'ENDPOINT',
    cell: (row) => row.endpoint || UNKNOWN,
    letter: 'E',
    keep: 25,
    widthMin: 12,
    widthMax: 60,
    wide: true,
  },
  { id: 'context', title: 'CONTEXT', cell: (row) => row.context, letter: 'C', keep: 70, widthMin: 7, widthMax: 20 },
  {
    id: 'source',
    title: 'SOURCE',
    cell: (row) => sourceKey(row.origin.source),
    tone: () => 'dim',
    letter: 'O',
    keep: 20,
    widthMin: 8,
    widthMax: 24,
  },
];
/** Now, wanted, allowed. */
export function shardsText({ queue }: QueueRow): string {
  if (queue?.shards === undefined) return UNKNOWN;
  return [queue.shards, Math.ceil(queue.shardsDesired ?? Number.NaN), queue.shardsMax]
    .map((each) => formatCount(each))
    .join('/');
}
