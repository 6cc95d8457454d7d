import { exemplarsToShow, missingTrace, type TraceExists } from '../domain/correlate.ts';
import type { DurationMetric } from '../domain/latency.ts';
import { exemplarSelector } from '../domain/questions.ts';
import type { Fault, Loaded, Origin } from '../domain/result.ts';
import type { Exemplar } from '../domain/series.ts';
import type { SlowRoute } from '../domain/slow.ts';
import type { Tenant } from '../domain/tenant.ts';
import { seriesWindow } from '../domain/time.ts';
import { asTheyArrive, becauseOfGaps, type Gaps, makeGaps } from './arrival.ts';
import { learnServices } from './learn.ts';
import type { LoadInput } from './view.ts';

/** One request that an exemplar points at, and whether its trace can still be read. */
export interface ExemplarRow {
  readonly tenant: Tenant;
  readonly service: string;
  readonly route: string;
  readonly exemplar: Exemplar;
  readonly seconds: number;
  readonly ageSeconds: number;
  readonly traceExists: TraceExists;
  readonly metric: DurationMetric;
  readonly origin: Origin;
}

/** Of the worst and of the newest, so that 20 at most are asked for. */
const EACH = 10;

export function exemplarRowId(row: ExemplarRow): string {
  return [row.exemplar.traceId, row.exemplar.atUnix, row.exemplar.value, row.service, row.route].join(' ');
}

export async function* loadExemplars(input: LoadInput): AsyncGenerator<Loaded<ExemplarRow>> {
  const gaps = makeGaps();
  const found = (await Promise.all(input.tenants.map((tenant) => exemplarsOf(input, tenant, gaps)))).flat();
  const show = new Set(
    exemplarsToShow(
      found.map((row) => row.exemplar),
      EACH,
    ),
  );
  let rows = found.filter((row) => show.has(row.exemplar)).sort((a, b) => b.seconds - a.seconds);
  if (rows.length === 0) {
    yield {
      rows,
      gaps: gaps.list,
      complete: true,
      because: gaps.list.length > 0 ? becauseOfGaps('the exemplars could not be had', gaps.list) : NONE,
    };
    return;
  }
  yield { rows, gaps: gaps.list, complete: false };
  for await (const { id, exists, fault } of asTheyArrive(rows.map((row) => probe(input, row)))) {
    if (fault) gaps.note(fault);
    rows = rows.map((row) => (exemplarRowId(row) === id ? { ...row, traceExists: exists } : row));
    yield { rows, gaps: gaps.list, complete: false, cursor: worstLiving(rows) };
  }
  const living = rows.filter((row) => row.traceExists === 'yes').length;
  yield {
    rows,
    gaps: gaps.list,
    complete: true,
    cursor: worstLiving(rows),
    note:
      living === 0
        ? 'none of these traces can be read: t finds traces by search, not by exemplar'
        : `${living} of ${rows.length} traces are there`,
  };
}

const NONE =
  'no exemplars in this window: a stock Mimir stores none (max_global_exemplars_per_user is 0), or the service sends none. t finds traces by search';

/** The worst whose trace is known to exist, once everything worse has been answered; until then nothing is claimed. */
function worstLiving(rows: readonly ExemplarRow[]): string | undefined {
  const first = rows.find((row) => row.traceExists === 'yes' || row.traceExists === 'unknown');
  const chosen = first?.traceExists === 'yes' ? first : undefined;
  return chosen && exemplarRowId(chosen);
}

async function probe(input: LoadInput, row: ExemplarRow): Promise<{ id: string; exists: TraceExists; fault?: Fault }> {
  const answer = await input.clients.tempo(row.tenant).trace(row.exemplar.traceId, input.signal);
  const id = exemplarRowId(row);
  if (answer.ok) return { id, exists: 'yes' };
  if (answer.fault.kind === 'not-found') return { id, exists: missingTrace(row.exemplar.atUnix, input.nowUnix) };
  return { id, exists: 'unknown', fault: answer.fault };
}

/** Exemplars of the asked service and route of one tenant, or of all its services. */
async function exemplarsOf(input: LoadInput, tenant: Tenant, gaps: Gaps): Promise<readonly ExemplarRow[]> {
  const { service, route, source } = input.params;
  const window = seriesWindow(input.time);
  const learned = await learnServices(input.clients, tenant, window, gaps, input.signal);
  const metrics =
    source === 'span-metrics' ? [learned.spans] : learned.metrics.length > 0 ? learned.metrics : [learned.spans];
  const services = service === undefined ? [...learned.namespaces.keys()] : [service];
  const answers = await Promise.all(
    metrics
      .filter((metric) => metric !== undefined)
      .flatMap((metric) =>
        services.map(async (name) => {
          const answer = await input.clients
            .mimir(tenant)
            .exemplars(exemplarSelector(metric, name), window, input.signal);
          const list = gaps.take(answer) ?? [];
          const origin = answer.ok ? answer.origin : undefined;
          return origin === undefined
            ? []
            : list.map(
                (exemplar): ExemplarRow => ({
                  tenant,
                  exemplar,
                  metric,
                  origin,
                  service: exemplar.seriesLabels[metric.serviceLabel] ?? name,
                  route: exemplar.seriesLabels[metric.routeLabel] ?? '',
                  seconds: exemplar.value * metric.unitSeconds,
                  ageSeconds: Math.max(0, input.nowUnix - exemplar.atUnix),
                  traceExists: 'unknown',
                }),
              );
        }),
      ),
  );
  return answers.flat().filter((row) => !route || row.route === route);
}

/** What tells one row of `slow` from another. */
export const routeKey = (row: SlowRoute): string => [row.tenant, row.service, row.route, row.metric.base].join(' ');

/** How many exemplars each row of `slow` has, asked once a service; rows whose service could not be asked stay undefined. */
export async function countExemplars(
  input: LoadInput,
  rows: readonly SlowRoute[],
  gaps: Gaps,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const services = Map.groupBy(rows, (row) => [row.tenant, row.service, row.metric.base].join(' '));
  await Promise.all(
    [...services.values()].map(async (group) => {
      const first = group[0];
      if (first === undefined) return;
      const list = gaps.take(
        await input.clients
          .mimir(first.tenant)
          .exemplars(exemplarSelector(first.metric, first.service), seriesWindow(input.time), input.signal),
      );
      if (list === undefined) return;
      for (const row of group)
        counts.set(
          routeKey(row),
          list.filter((one) => (one.seriesLabels[row.metric.routeLabel] ?? '') === row.route).length,
        );
    }),
  );
  return counts;
}
