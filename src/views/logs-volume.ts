import { linesByLevel } from '../domain/questions.ts';
import type { Tenant } from '../domain/tenant.ts';
import { SERIES_WINDOW_SECONDS, searchWindow } from '../domain/time.ts';
import { addVolumes, type Volume, volumeOfLines, volumeOfSeries, volumeStepSeconds } from '../domain/volume.ts';
import type { LogQuery } from './logs-query.ts';
import type { LogRow } from './logs-rows.ts';
import type { LoadInput } from './view.ts';

/** Seconds that the bars cover: the window of the lines, and no less than what shows where they come from. */
const coveredSeconds = (input: LoadInput): number => {
  const { startUnix, endUnix } = searchWindow(input.time);
  return Math.max(SERIES_WINDOW_SECONDS, endUnix - startUnix);
};

/** One tenant's lines by level, counted by Loki; undefined where it cannot be asked: then the lines are counted. */
export async function askVolume(input: LoadInput, tenant: Tenant, query: LogQuery): Promise<Volume | undefined> {
  if (query.counted === undefined || !input.onScreen) return undefined;
  const seconds = coveredSeconds(input);
  const { endUnix, live } = input.time;
  const now = await count(input, tenant, query, seconds);
  if (now.volume || !now.unrecorded) return now.volume;
  // A recording has the bars of its own rounds: as long ones, as of the last round before this time.
  const beforeUnix = live ? undefined : endUnix + 1;
  return (await count(input, tenant, query, SERIES_WINDOW_SECONDS, beforeUnix)).volume;
}

async function count(
  { clients, time, signal }: LoadInput,
  tenant: Tenant,
  { counted = '', levelKeys }: LogQuery,
  seconds: number,
  beforeUnix?: number,
): Promise<{ readonly volume: Volume | undefined; readonly unrecorded: boolean }> {
  const stepSeconds = volumeStepSeconds(seconds);
  const asked = linesByLevel(counted, levelKeys, `${stepSeconds / 60}m`);
  const window = { startUnix: time.endUnix - seconds, endUnix: time.endUnix };
  const answer = await clients.loki(tenant).series(asked, window, stepSeconds, signal, beforeUnix);
  if (!answer.ok) return { volume: undefined, unrecorded: answer.fault.kind === 'not-recorded' };
  return { volume: volumeOfSeries(answer.value, stepSeconds), unrecorded: false };
}

/** All tenants' bars as one; counted from the lines where no tenant's Loki counted. */
export function volumeOf(
  input: LoadInput,
  asked: readonly (Volume | undefined)[],
  rows: readonly LogRow[],
): Volume | undefined {
  const known = asked.filter((each) => each !== undefined && each.bars.length > 0) as readonly Volume[];
  const sum = addVolumes(known);
  if (sum !== undefined || !input.onScreen) return sum;
  return volumeOfLines(rows.map((row) => ({ atUnix: Number(row.line.atNanos) / 1e9, level: row.level })));
}
