import { isNews, NEWS, type SlowRoute } from '../domain/slow.ts';
import { sparkline } from '../domain/sparkline.ts';
import { formatCount, formatRate, formatSeconds, formatShare, formatTimes } from '../domain/units.ts';
import { routeKey } from './exemplars-load.ts';
import { loadSlow } from './slow-load.ts';
import { go, type Tone, view } from './view.ts';

/** Home: what is slow tonight. One row a service and route, worst on top. */
export const slow = view<SlowRoute>({
  id: 'slow',
  aliases: ['s', 'home', 'red'],
  about: 'services and routes by latency, worst on top',
  everySeconds: 15,
  flags: [{ flag: 'service', param: 'service', about: 'only this service', value: 'S' }],
  load: loadSlow,
  body: {
    kind: 'table',
    rowId: routeKey,
    columns: [
      { id: 'tenant', title: 'TENANT', cell: (row) => row.tenant, letter: 'T', keep: 105, widthMin: 8, widthMax: 24 },
      {
        id: 'service',
        title: 'SERVICE',
        cell: (row) => row.service,
        letter: 'S',
        keep: 110,
        widthMin: 8,
        widthMax: 32,
      },
      {
        id: 'route',
        title: 'ROUTE',
        cell: (row) => row.route || '–',
        letter: 'R',
        keep: 100,
        widthMin: 8,
        grow: true,
        widthMax: 60,
      },
      {
        id: 'p50',
        title: 'P50',
        cell: (row) => formatSeconds(row.p50Seconds),
        sortBy: (row) => row.p50Seconds,
        alignRight: true,
        letter: 'M',
        keep: 20,
        widthMin: 6,
      },
      {
        id: 'p95',
        title: 'P95',
        cell: (row) => formatSeconds(row.p95Seconds),
        sortBy: (row) => row.p95Seconds,
        alignRight: true,
        letter: 'F',
        keep: 30,
        widthMin: 6,
      },
      {
        id: 'p99',
        title: 'P99',
        cell: p99Text,
        tone: newsTone,
        sortBy: (row) => row.p99Seconds,
        alignRight: true,
        letter: 'P',
        keep: 120,
        widthMin: 8,
      },
      {
        id: 'change',
        title: 'CHANGE',
        cell: (row) => formatTimes(row.change),
        tone: (row) => (isNews(row) && (row.change ?? 1) >= NEWS.change ? 'bad' : 'plain'),
        sortBy: (row) => row.change,
        alignRight: true,
        letter: 'C',
        keep: 90,
        widthMin: 6,
      },
      {
        id: 'errors',
        title: 'ERRORS',
        cell: (row) => formatShare(row.errorShare),
        tone: (row) => ((row.errorShare ?? 0) >= NEWS.errorShare ? 'bad' : 'plain'),
        sortBy: (row) => row.errorShare,
        alignRight: true,
        letter: 'E',
        keep: 95,
        widthMin: 6,
      },
      {
        id: 'rate',
        title: 'RATE',
        cell: (row) => formatRate(row.perSecond),
        sortBy: (row) => row.perSecond,
        alignRight: true,
        letter: 'A',
        keep: 50,
        widthMin: 6,
      },
      {
        id: 'trend',
        title: 'P99 TREND',
        cell: (row) => sparkline(row.trend, 15),
        tone: (row) => (isNews(row) ? 'bad' : 'dim'),
        keep: 45,
        widthMin: 15,
        widthMax: 15,
      },
      {
        id: 'exemplars',
        title: 'EXEMPLARS',
        cell: (row) => formatCount(row.exemplars),
        sortBy: (row) => row.exemplars,
        alignRight: true,
        letter: 'X',
        keep: 40,
        widthMin: 9,
      },
      { id: 'source', title: 'SOURCE', cell: (row) => row.metric.source, keep: 10, widthMin: 6, tone: () => 'dim' },
    ],
  },
  keys: [
    {
      key: 'enter',
      does: 'its exemplars, else traces by search',
      on: (row) =>
        row.exemplars === 0
          ? go('traces', { ...serviceParams(row), by: 'search' })
          : go('exemplars', serviceParams(row)),
    },
    { key: 'e', does: 'exemplars', on: (row) => go('exemplars', serviceParams(row)) },
    { key: 't', does: 'traces', on: (row) => go('traces', { ...serviceParams(row), by: 'search' }) },
    {
      key: 'l',
      does: 'logs of the service',
      on: (row) => go('logs', { tenant: row.tenant, service: row.service, namespaces: row.namespaces.join(',') }),
    },
  ],
  record: (row) => ({
    tenant: row.tenant,
    service: row.service,
    route: row.route,
    p50Seconds: row.p50Seconds ?? null,
    p95Seconds: row.p95Seconds ?? null,
    p99Seconds: row.p99Seconds ?? null,
    p99Bucket: row.p99Bucket ?? null,
    perSecond: row.perSecond ?? null,
    errorShare: row.errorShare ?? null,
    change: row.change ?? null,
    exemplars: row.exemplars ?? null,
    source: row.metric.source,
  }),
  origin: (row) => row.origin,
  details: (row) => [
    ['metric', row.metric.base],
    ['kind', row.metric.native ? 'native histogram' : 'classic histogram'],
    ['service label', row.metric.serviceLabel],
    ['route label', row.metric.routeLabel || 'none'],
    ['failed means', row.metric.failed || 'no label tells'],
    ['namespaces', row.namespaces.join(', ') || 'unknown'],
    ['p99', `${p99Text(row)} (interpolated ${formatSeconds(row.p99Seconds)})`],
    ['p99 over the window', row.trend.map((value) => formatSeconds(value)).join(' ')],
  ],
  crumb: (params) => params.service ?? '',
});

const serviceParams = (row: SlowRoute) => ({
  tenant: row.tenant,
  service: row.service,
  route: row.route,
  metric: row.metric.base,
  source: row.metric.source,
});

/** A quantile inside a wide bucket is interpolated: only the bucket is true. */
function p99Text(row: SlowRoute): string {
  if (row.p99Bucket === undefined) return formatSeconds(row.p99Seconds);
  const [low, high] = [formatSeconds(row.p99Bucket[0]), formatSeconds(row.p99Bucket[1])];
  const unit = /[a-zµ]+$/.exec(high)?.[0] ?? '';
  return `${low.endsWith(unit) && /\d$/.test(low.slice(0, -unit.length)) ? low.slice(0, -unit.length) : low}–${high}`;
}

function newsTone(row: SlowRoute): Tone {
  return isNews(row) ? 'bad' : 'plain';
}
