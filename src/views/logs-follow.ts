import { makeLineRing } from '../domain/line-ring.ts';
import { pause } from '../domain/pause.ts';
import type { Fault, Loaded } from '../domain/result.ts';
import type { TailPart } from '../domain/tail.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Volume } from '../domain/volume.ts';
import { becauseOfGaps, makeGaps } from './arrival.ts';
import { type LogQuery, queryOf } from './logs-query.ts';
import { type LogRow, rowOf } from './logs-rows.ts';
import { askVolume, volumeOf } from './logs-volume.ts';
import type { LoadInput } from './view.ts';

/** Lines that a tail keeps; older ones go. */
export const TAIL_KEPT = 10_000;
/** Between two pictures: lines may come by the ten thousand a second, eyes do not. */
const PICTURE_MS = 50;
/** More lines since the last picture than anybody reads: then pictures of them need not come so often. */
const FLOOD_LINES = 200;
const FLOOD_PICTURE_MS = 200;
const VOLUME_MS = 15_000;
/** Counting lines costs more than showing them: it may take one thirtieth of the time. */
const COUNTED_MS = 1_000;
const COUNTED_SHARE = 1 / 30;

/** How one tenant's tail is doing. */
interface Going {
  readonly tenant: Tenant;
  said: string;
  dropped: number;
  gap: Fault | undefined;
  ended: boolean;
  asked: LogQuery | undefined;
  volume: Volume | undefined;
}

/** What all tails of one screen write to, and its reader reads. */
interface Desk {
  readonly input: LoadInput;
  readonly ring: ReturnType<typeof makeLineRing<LogRow>>;
  readonly goings: readonly Going[];
  readonly gaps: ReturnType<typeof makeGaps>;
  readonly bell: ReturnType<typeof makeBell>;
  counted: { readonly againMs: number; readonly volume: Volume | undefined };
}

/**
 * New lines as they come. What arrives is only put aside; twenty times a second at most (five where nobody
 * could read them), and only where something came, there is a picture of it.
 */
export async function* followLogs(input: LoadInput): AsyncGenerator<Loaded<LogRow>> {
  const desk: Desk = {
    input,
    ring: makeLineRing<LogRow>(TAIL_KEPT, (row) => row.line.atNanos),
    goings: input.tenants.map((tenant) => ({
      tenant,
      said: '',
      dropped: 0,
      gap: undefined,
      ended: false,
      asked: undefined,
      volume: undefined,
    })),
    gaps: makeGaps(),
    bell: makeBell(input.signal),
    counted: { againMs: 0, volume: undefined },
  };
  for (const going of desk.goings) void tailOne(desk, going);
  let pictured = 0;
  const timer = input.onScreen ? setInterval(() => void countAll(desk), VOLUME_MS) : undefined;
  try {
    while (!input.signal.aborted) {
      await desk.bell.rung();
      if (input.signal.aborted) return;
      const news = desk.ring.total() - pictured;
      pictured += news;
      yield picture(desk);
      if (desk.goings.every(({ ended }) => ended)) return;
      await pause(news > FLOOD_LINES ? FLOOD_PICTURE_MS : PICTURE_MS, input.signal);
    }
  } finally {
    clearInterval(timer);
  }
}

/** Nothing thrown may be lost in the dark: it rings, and the reader throws it. */
async function tailOne(desk: Desk, going: Going): Promise<void> {
  const { input, bell } = desk;
  try {
    going.asked = await queryOf(input, going.tenant, desk.gaps);
    if (going.asked !== undefined) {
      void countOne(desk, going);
      const tail = input.clients.loki(going.tenant).tail(going.asked.query, input.signal);
      for await (const part of tail) takeIn(desk, going, part);
    } else going.said = 'no log labels at all';
  } catch (thrown) {
    bell.fail(thrown);
  }
  going.ended = true;
  bell.ring();
}

function takeIn({ ring, bell }: Desk, going: Going, part: TailPart): void {
  const { tenant, said, dropped, gap } = { ...part, tenant: going.tenant };
  for (const line of part.lines) ring.push(rowOf(line, `${tenant} ${ring.total()}`, tenant, part.origin));
  const news = part.lines.length > 0 || said !== undefined || gap !== going.gap || dropped !== going.dropped;
  if (said !== undefined) going.said = said;
  going.dropped = dropped;
  going.gap = gap;
  if (news) bell.ring();
}

async function countAll(desk: Desk): Promise<void> {
  await Promise.all(desk.goings.map((going) => countOne(desk, going)));
}

/** The bars until now; while nobody can say, they stay as they are. */
async function countOne(desk: Desk, going: Going): Promise<void> {
  if (going.asked === undefined) return;
  const { input } = desk;
  const endUnix = Math.floor(newestUnix(desk) ?? input.time.endUnix);
  const time = { ...input.time, endUnix: Math.max(endUnix, input.time.endUnix) };
  const volume = await askVolume({ ...input, time }, going.tenant, going.asked);
  if (volume === undefined || input.signal.aborted) return;
  going.volume = volume;
  desk.counted = { ...desk.counted, againMs: 0 };
  desk.bell.ring();
}

/** Now, as the answers have it: the wall's, or a recording's. Unix seconds. */
const newestUnix = ({ ring }: Desk): number | undefined => ring.lines().at(-1)?.origin.atUnix;

function picture(desk: Desk): Loaded<LogRow> {
  const { ring, goings, gaps } = desk;
  const rows = ring.lines();
  const all = [...gaps.list, ...goings.flatMap(({ gap }) => gap ?? [])];
  if (performance.now() > desk.counted.againMs) desk.counted = count(desk, rows);
  return {
    rows,
    gaps: all,
    complete: true,
    cursor: rows.at(-1)?.id,
    because:
      rows.length > 0 ? undefined : all.length > 0 ? becauseOfGaps('no line came', all) : 'no line has come so far',
    note: sayGoing(desk),
    volume: desk.counted.volume,
  };
}

function count({ input, goings }: Desk, rows: readonly LogRow[]): Desk['counted'] {
  const beganMs = performance.now();
  const asked = goings.map(({ volume }) => volume);
  const volume = volumeOf(input, asked, rows);
  const endedMs = performance.now();
  return { volume, againMs: endedMs + Math.max(COUNTED_MS, (endedMs - beganMs) / COUNTED_SHARE) };
}

/** Whether it is a tail or polling, and why; what was lost on the way, and what went. */
function sayGoing({ goings, ring }: Desk): string {
  const bySaid = Map.groupBy(goings, ({ said }) => said);
  const how = [...bySaid].flatMap(([said, of]) =>
    said === '' ? [] : [bySaid.size === 1 ? said : `${of.map(({ tenant }) => tenant).join(', ')}: ${said}`],
  );
  const dropped = goings.reduce((sum, going) => sum + going.dropped, 0);
  return [
    ...how,
    `${ring.total()} ${ring.total() === 1 ? 'line' : 'lines'} so far`,
    ...(ring.gone() > 0 ? [`the last ${TAIL_KEPT} are kept`] : []),
    ...(dropped > 0 ? [`Loki dropped ${dropped}, for they were read too slowly`] : []),
  ].join('; ');
}

/** Rings once for all that happened since it was heard; also when the signal ends. */
function makeBell(signal: AbortSignal): { ring(): void; fail(thrown: unknown): void; rung(): Promise<void> } {
  let due = false;
  let failed: { readonly thrown: unknown } | undefined;
  let wake = (): void => undefined;
  const ring = (): void => {
    due = true;
    wake();
  };
  signal.addEventListener('abort', ring, { once: true });
  return {
    ring,
    fail(thrown) {
      failed ??= { thrown };
      ring();
    },
    async rung() {
      if (!due) await new Promise<void>((resolve) => (wake = resolve));
      due = false;
      if (failed) throw failed.thrown;
    },
  };
}
