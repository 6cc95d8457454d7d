import type { Asked } from '../../src/domain/exchange.ts';
import { type Made, START } from './made-tape.ts';

/** Made: a recording with one entry for each rule, after the shape of the shipped ones. */
export const TRACE = 'b98ddd24fc5b2615fb5f87da6c3af2a4';
export const SHORT_TRACE = '4da93b386140611b99529703026bd2'; // Tempo strips leading zeros in its search answers.
const CATEGORIZE = { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' };
export const at = (seconds: number): number => START + seconds;
export const nanos = (seconds: number): string => `${at(seconds)}000000000`;
export const logs = (count: number): string =>
  JSON.stringify({
    status: 'success',
    data: {
      resultType: 'streams',
      result: [{ stream: {}, values: Array.from({ length: count }, (_each, index) => [String(index), 'line']) }],
    },
  });

export const RECORDED: readonly Made[] = [
  // What is asked every round.
  ...[0, 15, 30, 45, 60].map(
    (second): Made => ({ at: second, url: `/prometheus/api/v1/query?query=up&time=${at(second)}` }),
  ),
  ...[0, 15, 30].map(
    (second): Made => ({
      at: second + 1,
      url: `/prometheus/api/v1/query_range?query=rate&start=${at(second - 900)}&end=${at(second)}&step=15`,
      text: `"range ${second}"`,
    }),
  ),
  {
    at: 31,
    url: `/prometheus/api/v1/query_range?query=rate&start=${at(-270)}&end=${at(30)}&step=15`,
    text: '"five minutes"',
  },
  {
    at: 32,
    url: `/prometheus/api/v1/query_range?query=rate&start=${at(-870)}&end=${at(30)}&step=60`,
    text: '"every minute"',
  },
  // What exists, asked at 10 s and at five minutes.
  { at: 10, url: `/prometheus/api/v1/labels?start=${at(-890)}&end=${at(10)}`, text: '"labels at 10"' },
  { at: 310, url: `/prometheus/api/v1/labels?start=${at(-590)}&end=${at(310)}`, text: '"labels at 310"' },
  { at: 310, url: '/prometheus/api/v1/metadata', text: '"metadata"' },
  { at: 12, url: `/prometheus/api/v1/series?match%5B%5D=up&start=${at(-890)}&end=${at(10)}`, text: '"series"' },
  // One trace and its lines.
  {
    at: 40,
    name: 'tempo/v2/traces',
    url: `/api/v2/traces/${TRACE}`,
    headers: { Accept: 'application/json' },
    text: '"not yet"',
  },
  {
    at: 100,
    name: 'tempo/v2/traces',
    url: `/api/v2/traces/${TRACE}`,
    headers: { Accept: 'application/json' },
    text: '"the trace"',
  },
  {
    at: 100,
    name: 'tempo/v2/traces/protobuf',
    url: `/api/v2/traces/${TRACE}`,
    headers: { Accept: 'application/protobuf' },
    text: '"protobuf"',
  },
  {
    at: 101,
    name: 'tempo/v2/traces',
    url: `/api/v2/traces/00${SHORT_TRACE}`,
    headers: { Accept: 'application/json' },
    text: '"short"',
  },
  {
    at: 102,
    name: 'loki/query_range/trace',
    headers: CATEGORIZE,
    url: `/loki/api/v1/query_range?query=${encodeURIComponent(`{namespace="shop"} | trace_id="${TRACE}"`)}&limit=100&start=${nanos(-800)}&end=${nanos(100)}`,
    text: '"its lines"',
  },
  // Logs over a window: cut by their limit, and whole.
  {
    at: 62,
    name: 'loki/query_range/service',
    url: `/loki/api/v1/query_range?query=cut&limit=3&start=${nanos(-240)}&end=${nanos(60)}`,
    text: logs(3),
  },
  {
    at: 63,
    name: 'loki/query_range/service',
    url: `/loki/api/v1/query_range?query=whole&limit=3&start=${nanos(-240)}&end=${nanos(60)}`,
    text: logs(2),
  },
  // Of further components and users.
  {
    at: 20,
    name: 'mimir/ring/ingester',
    tenant: null,
    url: '/ingester/ring',
    headers: { Accept: 'application/json' },
    text: '"ring"',
  },
  { at: 21, name: 'agent/metrics/staging', tenant: null, url: 'http://10.244.3.40:12345/metrics', text: 'metrics' },
  {
    at: 22,
    name: 'kubernetes/central/pods',
    tenant: null,
    url: 'https://127.0.0.1:6443/api/v1/namespaces/monitoring/pods?limit=500',
    text: '"pods"',
  },
  {
    at: 22,
    name: 'kubernetes/central/pods/table',
    tenant: null,
    headers: { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
    url: 'https://127.0.0.1:6443/api/v1/namespaces/monitoring/pods?limit=500',
    text: '"table"',
  },
  {
    at: 23,
    name: 'kubernetes/central/viewer/pods',
    tenant: null,
    status: 403,
    url: 'https://127.0.0.1:6443/api/v1/namespaces/monitoring/pods?limit=500',
    text: '"forbidden"',
  },
  {
    at: 24,
    name: 'entry/defaulting/mimir/no-tenant/no-user',
    tenant: null,
    url: 'http://10.244.1.12:8081/prometheus/api/v1/query?query=up',
    text: '"as anonymous"',
  },
  {
    at: 25,
    name: 'entry/basic/tempo/own/user-oncall',
    tenant: 'staging',
    url: 'https://10.244.1.12:9443/tempo/api/v2/search/tags',
    text: '"tags behind the proxy"',
  },
  {
    at: 26,
    name: 'error/no-tenant/mimir',
    tenant: null,
    status: 401,
    url: '/prometheus/api/v1/query?query=up',
    text: 'no org id',
  },
  { at: 840, url: '/prometheus/api/v1/alerts', text: '"the last entry"' },
  {
    at: 27,
    name: 'error/unknown-tenant/mimir',
    tenant: 'nobody',
    url: '/prometheus/api/v1/query?query=up',
    text: '"empty"',
  },
];

export const range = (end: number, seconds = 900, step = 15): string =>
  `/prometheus/api/v1/query_range?query=rate&start=${at(end - seconds)}&end=${at(end)}&step=${step}`;
export const loki: Partial<Asked> = { component: 'loki' };
export const tempo: Partial<Asked> = { component: 'tempo', headers: { accept: 'application/json' } };
