import type { CardinalityRow } from '../../src/domain/cardinality.ts';
import { byDistance, suspectOf } from '../../src/domain/cardinality.ts';
import { culpritOf, type LabelCount, savings } from '../../src/domain/culprit.ts';
import { forecastOf } from '../../src/domain/forecast.ts';
import { growthOf, type Points } from '../../src/domain/growth.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { tenantOf } from '../clients/server.ts';

/** Made worlds of series that come and go: shapes after diagnostics.md 4.3, numbers drawn by a seed. */
export type Shape = 'linear' | 'stepwise' | 'saw-tooth growth' | 'saw-tooth churn' | 'flat with noise';

interface MadeSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly from: number;
  readonly until: number;
}

export interface World {
  readonly shape: Shape;
  readonly series: readonly MadeSeries[];
  /** What is to blame, where anything explodes. */
  readonly truth?: { readonly metric: string; readonly label: string };
  readonly endUnix: number;
}

const WINDOW_SECONDS = 900;
const STEP_SECONDS = 15;
const GROWING = ['checkout_step_total', 'requests_by_user_total', 'queue_items_total', 'cache_keys_total'];
const IDS = ['session', 'user_id', 'request_id', 'url', 'trace', 'job_id', 'epoch'];

/** Mulberry32: small, seeded, good enough to draw worlds with. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;
const between = (random: Random, low: number, high: number): number => low + random() * (high - low);
const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

const fixed = (service: string) => ({
  cluster: 'prod-1',
  namespace: 'shop',
  job: `shop/${service}`,
  service,
  env: 'prod',
  version: 'v1',
});

/** Pods that are replaced now and then; the series of the old ones stay visible for the lookback of five minutes. */
function pods(random: Random, endUnix: number): { name: string; from: number; until: number }[] {
  const everySeconds = between(random, 150, 500);
  const replicas = Math.round(between(random, 3, 8));
  const found: { name: string; from: number; until: number }[] = [];
  let generation = 0;
  for (let at = endUnix - 2 * WINDOW_SECONDS; at < endUnix; at += everySeconds * between(random, 0.8, 1.2)) {
    generation += 1;
    for (let pod = 0; pod < replicas; pod++)
      found.push({
        name: `cart-${generation}-${pod}`,
        from: at + pod * 10,
        until: at + everySeconds + pick(random, [30, 300]),
      });
  }
  return found;
}

function histogram(random: Random, endUnix: number): MadeSeries[] {
  const buckets = ['0.1', '0.3', '1', '3', '10', '+Inf'];
  const routes = ['/cart', '/pay', '/search'];
  return pods(random, endUnix).flatMap(({ name, from, until }) =>
    routes.flatMap((route) =>
      buckets.map((le) => ({
        metric: 'http_server_request_duration_seconds_bucket',
        labels: { ...fixed('cart'), pod: name, instance: `${name}:8080`, route, le },
        from,
        until,
      })),
    ),
  );
}

/** Series of a metric whose id label never repeats. `perSecond` from `onsetUnix`, in jumps of `jumpSeconds`. */
function exploding(
  random: Random,
  what: { metric: string; label: string; perSecond: number; onsetUnix: number; endUnix: number; jumpSeconds: number },
  livesSeconds: number,
): MadeSeries[] {
  const steps = ['cart', 'address', 'pay', 'confirm', 'done'];
  const count = Math.round((what.endUnix - what.onsetUnix) * what.perSecond);
  return Array.from({ length: count }, (_, index) => {
    const at = index / what.perSecond;
    const from = what.onsetUnix + Math.ceil(at / what.jumpSeconds) * what.jumpSeconds;
    return {
      metric: what.metric,
      labels: { ...fixed('checkout'), step: pick(random, steps), code: '200', [what.label]: `id-${index}` },
      from,
      until: from + livesSeconds,
    };
  });
}

/** A steady metric, of which a few series flicker. */
function noisy(random: Random, metric: string, series: number, endUnix: number): MadeSeries[] {
  return Array.from({ length: series }, (_, index) => index).flatMap((index) => {
    const labels = { ...fixed('search'), shard: String(index), code: pick(random, ['200', '500']), zone: 'a' };
    if (random() < 0.8) return [{ metric, labels, from: 0, until: Number.POSITIVE_INFINITY }];
    const lives: MadeSeries[] = [];
    for (let at = endUnix - 2000; at < endUnix; at += between(random, 60, 700))
      lives.push({ metric, labels, from: at, until: at + between(random, 30, 400) });
    return lives;
  });
}

export function makeWorld(seed: number, shape: Shape): World {
  const random = makeRandom(seed);
  const endUnix = 1_795_447_980;
  const [fast = '', slow = ''] = [...GROWING].sort(() => random() - 0.5);
  const label = pick(random, IDS);
  const quiet = [
    ...histogram(random, endUnix),
    ...noisy(random, 'search_requests_total', Math.round(between(random, 50, 600)), endUnix),
    ...noisy(random, 'kube_pod_info', Math.round(between(random, 20, 100)), endUnix),
  ];
  if (shape === 'flat with noise') return { shape, series: quiet, endUnix };
  if (shape === 'saw-tooth churn') {
    const churn = exploding(
      random,
      {
        metric: fast,
        label,
        perSecond: between(random, 0.5, 4),
        onsetUnix: endUnix - 3000,
        endUnix,
        jumpSeconds: between(random, 100, 300),
      },
      between(random, 120, 400),
    );
    return { shape, series: [...quiet, ...churn], endUnix };
  }
  const perSecond = between(random, 1, 5);
  const onsetUnix = endUnix - between(random, 200, 1200);
  const jumpSeconds = shape === 'stepwise' ? between(random, 30, 60) : 1;
  const livesSeconds = shape === 'saw-tooth growth' ? between(random, 1500, 2500) : Number.POSITIVE_INFINITY;
  const explosion = exploding(
    random,
    { metric: fast, label, perSecond, onsetUnix, endUnix, jumpSeconds },
    livesSeconds,
  );
  const restarted = shape === 'saw-tooth growth' ? withRestarts(random, explosion, endUnix) : explosion;
  const second = exploding(
    random,
    {
      metric: slow,
      label: 'shop',
      perSecond: perSecond * between(random, 0.05, 0.5),
      onsetUnix,
      endUnix,
      jumpSeconds: 1,
    },
    Number.POSITIVE_INFINITY,
  );
  return { shape, series: [...quiet, ...restarted, ...second], truth: { metric: fast, label }, endUnix };
}

/** Now and then a tenth of the targets restarts, and their series are gone until they are asked for again. */
function withRestarts(random: Random, series: readonly MadeSeries[], endUnix: number): MadeSeries[] {
  const restarts = Array.from({ length: 4 }, () => endUnix - between(random, 30, 900));
  return series.map((one) => {
    const lost = restarts.find((at) => at > one.from && random() < 0.1);
    return lost === undefined ? one : { ...one, until: lost };
  });
}

const liveAt = (world: World, unix: number) => world.series.filter(({ from, until }) => from <= unix && unix < until);

/** What the console would have learned of a world: series over time, then labels counted from the index. */
export function investigate(world: World) {
  const tenant: Tenant = tenantOf('made');
  const points = pointsOf(world);
  const rows = [...points].map(([metric, list]) => rowOf(tenant, metric, list, world.endUnix));
  const suspect = suspectOf(rows, false);
  const now = liveAt(world, world.endUnix).filter(({ metric }) => metric === suspect?.metric);
  const labels = savings(now.length, now.length === 0 ? [] : countsOf(now));
  return {
    metric: suspect?.metric,
    label: culpritOf(labels)?.label,
    saved: culpritOf(labels)?.seriesSaved,
    exploding: rows.filter(({ limits }) => limits[0]?.forecast.kind === 'in').map(({ metric }) => metric),
  };
}

/** Series of each metric at each step; a metric that is not there has no point. */
function pointsOf({ series, endUnix }: World): ReadonlyMap<string, Points> {
  const startUnix = endUnix - WINDOW_SECONDS;
  const steps = WINDOW_SECONDS / STEP_SECONDS + 1;
  const changes = new Map<string, number[]>();
  const stepAt = (unix: number): number => Math.min(steps, Math.max(0, Math.ceil((unix - startUnix) / STEP_SECONDS)));
  for (const { metric, from, until } of series) {
    const list = changes.get(metric) ?? Array.from({ length: steps + 1 }, () => 0);
    changes.set(metric, list);
    list[stepAt(from)] = (list[stepAt(from)] ?? 0) + 1;
    list[stepAt(until)] = (list[stepAt(until)] ?? 0) - 1;
  }
  return new Map(
    [...changes].map(([metric, list]): [string, Points] => {
      let live = 0;
      const counted = list.slice(0, steps).map((change, step): [number, number] => {
        live += change;
        return [startUnix + step * STEP_SECONDS, live];
      });
      return [metric, counted.filter(([, count]) => count > 0)];
    }),
  );
}

function rowOf(tenant: Tenant, metric: string, points: Points, nowUnix: number): CardinalityRow {
  const growth = growthOf(points);
  const used = points.at(-1)?.[1];
  const forecast = forecastOf({ used, limit: 100_000, growth, dataUnix: nowUnix, nowUnix });
  return {
    tenant,
    metric,
    series: used,
    share: undefined,
    growth,
    limits: [{ tenant, name: 'max_global_series_per_metric', metric, used, limit: 100_000, growth, forecast }].sort(
      byDistance,
    ),
    refused: [],
    labels: [],
    nowUnix,
    origin: { source: { backend: 'mimir', place: 'made' }, tenant, atUnix: nowUnix, path: '', asked: '' },
  };
}

/** What `count(count without (LABEL) (SELECTOR))` answers, counted by hand. */
function countsOf(series: readonly MadeSeries[]): LabelCount[] {
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))];
  return names.map((label) => ({
    label,
    values: new Set(series.map(({ labels }) => labels[label])).size,
    seriesWithout: new Set(
      series.map(({ labels }) =>
        JSON.stringify(
          Object.entries(labels)
            .filter(([name]) => name !== label)
            .sort(),
        ),
      ),
    ).size,
  }));
}
