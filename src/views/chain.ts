import type { Json, Loaded } from '../domain/result.ts';
import type { SlowRoute } from '../domain/slow.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import { lastOf, makeGaps } from './arrival.ts';
import { type ExemplarRow, exemplarRowId, loadExemplars } from './exemplars-load.ts';
import { logView } from './logs.ts';
import { loadLogs } from './logs-load.ts';
import type { LogRow } from './logs-rows.ts';
import { loadSlow } from './slow-load.ts';
import { loadTrace, logParams, type SpanRow } from './trace.ts';
import { loadTraces } from './traces.ts';
import { type LoadInput, type Params, view } from './view.ts';

/** The whole way at once: the worst series, its worst living exemplar, its trace, the guilty span, its log lines. */
export const chain = view<LogRow>({
  ...logView,
  id: 'chain',
  aliases: ['story'],
  about: 'from the worst series to its trace to its log lines, in one step',
  everySeconds: 0,
  flags: [{ flag: 'service', param: 'service', about: 'begin at this service', value: 'S' }],
  load: loadChain,
  follows: () => false,
  crumb: (params) => params.service ?? '',
});

/** Each hop is the view of that name; the first that finds nothing ends the chain and says which hop it is. */
async function* loadChain(input: LoadInput): AsyncGenerator<Loaded<LogRow>> {
  const gaps = makeGaps();
  const hop = async <Row>(
    load: (input: LoadInput) => AsyncIterable<Loaded<Row>>,
    params: Params,
  ): Promise<Loaded<Row> | undefined> => {
    const tenants = input.tenants.filter((tenant) => params.tenant === undefined || tenant === params.tenant);
    const loaded = await lastOf(load({ ...input, tenants, params }));
    for (const gap of loaded?.gaps ?? []) gaps.note(gap);
    return loaded;
  };
  const broken = (
    which: string,
    loaded: Loaded<unknown> | undefined,
    extras: Record<string, Json>,
  ): Loaded<LogRow> => ({
    rows: [],
    gaps: gaps.list,
    complete: true,
    extras,
    because: `the chain ends at ${which}: ${loaded?.because ?? loaded?.note ?? 'no answer'}`,
  });

  const series = await hop(loadSlow, input.params.service ? { service: input.params.service } : {});
  const worst = series?.rows[0];
  if (worst === undefined)
    return yield broken('the series', series, { series: null, exemplar: null, trace: null, culprit: null });
  const extras: Record<string, Json> = {
    series: { tenant: worst.tenant, service: worst.service, route: worst.route, p99Seconds: worst.p99Seconds ?? null },
    exemplar: null,
    trace: null,
    culprit: null,
  };

  const found = await findLiving(hop, worst);
  extras.exemplar = found.exemplar
    ? {
        traceId: found.exemplar.exemplar.traceId,
        value: found.exemplar.seconds,
        at: rfc3339OfUnix(found.exemplar.exemplar.atUnix),
      }
    : null;
  if (found.traceId === undefined) return yield broken('the exemplars', found.loaded, extras);

  const waterfall = await hop(loadTrace, { tenant: worst.tenant, trace: found.traceId });
  const guilty = waterfall?.rows.find((row) => row.culprit);
  if (waterfall === undefined || guilty === undefined) return yield broken('the trace', waterfall, extras);
  extras.trace = {
    id: guilty.found.trace.traceId,
    durationSeconds: guilty.found.trace.durationSeconds,
    spans: waterfall.rows.length,
    services: servicesOf(waterfall.rows),
  };
  extras.culprit = waterfall.extras?.culprit ?? null;

  const lines = await hop(loadLogs, logParams(guilty));
  if (lines === undefined || lines.rows.length === 0) return yield broken('the log lines', lines, extras);
  yield { ...lines, gaps: gaps.list, complete: true, extras };
}

const servicesOf = (spans: readonly SpanRow[]): readonly string[] => [
  ...new Set(spans.map(({ span }) => span.service)),
];

type Hop = <Row>(
  load: (input: LoadInput) => AsyncIterable<Loaded<Row>>,
  params: Params,
) => Promise<Loaded<Row> | undefined>;

/** The worst exemplar whose trace is there; where none lives (a stock Mimir stores none), the newest slow trace by search. */
async function findLiving(
  hop: Hop,
  worst: SlowRoute,
): Promise<{ traceId?: string; exemplar?: ExemplarRow; loaded: Loaded<unknown> | undefined }> {
  const params = { tenant: worst.tenant, service: worst.service };
  const loaded = await hop(loadExemplars, { ...params, route: worst.route, source: worst.metric.source });
  const living = loaded?.rows.find((row) => exemplarRowId(row) === loaded.cursor);
  if (living) return { traceId: living.exemplar.traceId, exemplar: living, loaded };
  const searched = await hop(loadTraces, { ...params, by: 'search' });
  const slowest = searched?.rows.toSorted((a, b) => b.durationSeconds - a.durationSeconds)[0];
  return { traceId: slowest?.traceId, loaded: searched ?? loaded };
}
