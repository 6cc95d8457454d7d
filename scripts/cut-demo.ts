/*
 * Cuts the demo out of the recording of an incident: what the views of the main path ask, in as few bytes as keep
 * every answer whole. Usage: node scripts/cut-demo.ts <incident.ndjson.zst> demo/incident.tape
 *
 * Frames hold one kind of question each, over many rounds, so that the packer finds what repeats from round to round
 * (exemplar answers are half of all bytes) and the first screen reads only the frames that it asks for.
 */
import { rmSync } from 'node:fs';
import type { Backend } from '../src/domain/result.ts';
import { placeOf } from '../src/tape/component.ts';
import type { HarEntry } from '../src/tape/entry.ts';
import { headOf } from '../src/tape/entry.ts';
import { linesIn } from '../src/tape/shelf.ts';
import { readRecording } from '../src/tape/stream.ts';
import { makeSummary } from '../src/tape/summary.ts';
import { createTape } from '../src/tape/writer.ts';
import { DROPPED, slim } from './slim-answer.ts';

/** Seconds after the start from which every round is kept; before it only what exists, and traces still shown later. */
const FROM_SECONDS = 345;
/** Where the demo opens: every fault of the incident shows. */
const AT_SECONDS = 720;
/** The rounds a reader at `AT_SECONDS` needs; they get frames of their own, so that the first screen reads little. */
const FIRST_SCREEN_SECONDS: readonly [number, number] = [685, 735];
const ID_FRAME_BYTES = 3_000_000;
const LINES_FRAME_BYTES = 12_000_000;
const LEVEL = 22;
const BACKENDS: readonly Backend[] = ['mimir', 'loki', 'tempo', 'kubernetes'];
const BYTES_MAX = 3_000_000;

const EXISTS =
  /^(mimir\/(label_values\/__name__|label_values\/service|metadata|series|labels)|loki\/(labels|label_values|detected_fields)|tempo\/v2\/search\/(tags|tag\/values))$/;
const PULSE =
  /^(mimir\/(query\/(freshness|active-series|probe|service-.*|span-.*)|query_range\/(service-p99|span-p99|heatmap)|all_user_stats)|loki\/latest|tempo\/search\/latest)$/;
const EXEMPLARS = /^mimir\/query_exemplars(\/span)?$/;
const LINES = /^loki\/query_range\/(service|errors|levels|stack-errors)$/;
const SEARCHES = /^tempo\/search\/(slow|errors|service)$/;
const BY_ID = /^(tempo\/v2\/traces|loki\/query_range\/(trace|span))$/;
/** What the cardinality views ask: series, limits, growth, labels of one metric, and who uses it. */
const CARDINALITY =
  /^(mimir\/(cardinality\/label_(names\/metric|values\/(__name__|metric))|query\/(discarded|stack-present|saved-if-dropped)|query_range\/(active-series|series-by-metric)|rules|runtime_config|user_limits|user_stats)|loki\/drilldown-limits)$/;

/** Streams with all their labels are many; they count as what exists, so that those of one moment are enough. */
const STREAMS = /^loki\/series$/;

/** What the cluster views ask of three clusters: lists, not watches, so that following them falls back to asking again. */
const CLUSTERS =
  /^kubernetes\/[^/]+\/(pods(\/table)?|nodes|events|all\/(services|statefulsets|deployments|daemonsets))$/;
/** Asked every five minutes only. */
const CLUSTERS_EXIST = /^kubernetes\/[^/]+\/all\/|\/buildinfo$/;
const BUILDS = /^(mimir|loki|tempo)\/buildinfo$/;

const WANTED = [EXISTS, PULSE, EXEMPLARS, LINES, SEARCHES, BY_ID, CARDINALITY, STREAMS, CLUSTERS, BUILDS];

interface Kept {
  readonly name: string;
  readonly tenant: string;
  /** When its round began, seconds after the first round. */
  readonly round: number;
  readonly entry: HarEntry;
  /** The trace it belongs to, for traces and their logs. */
  readonly trace: string;
}

async function main(): Promise<void> {
  const [input, output] = process.argv.slice(2);
  if (!input || !output) throw new Error('usage: cut-demo.ts <incident.ndjson.zst> <demo.tape>');
  const { kept, header } = await select(input);
  const shown = tracesShown(kept);
  const demo = kept.filter(
    (each) =>
      (each.round >= FROM_SECONDS && !STREAMS.test(each.name)) ||
      (STREAMS.test(each.name) && Math.abs(each.round - AT_SECONDS) < 8) ||
      EXISTS.test(each.name) ||
      CLUSTERS_EXIST.test(each.name) ||
      (BY_ID.test(each.name) && shown.has(`${each.tenant} ${each.trace}`)),
  );
  console.log(`${demo.length} of ${kept.length} exchanges`);

  rmSync(output, { force: true });
  const created = await createTape(
    output,
    { ...header, backends: BACKENDS, atUnix: header.fromUnix + AT_SECONDS },
    { level: LEVEL, dropped: DROPPED },
  );
  if (!created.ok) throw new Error(created.because);
  let before = 0;
  for (const [group, entries] of framesOf(demo)) {
    for (const { entry } of entries) created.writer.add(entry);
    const written = await created.writer.endRound();
    if (!written.ok) throw new Error(written.because);
    console.log(
      `${String(written.bytes - before).padStart(8)} bytes  ${String(entries.length).padStart(5)} exchanges  ${group}`,
    );
    before = written.bytes;
  }
  const closed = await created.writer.close({ backends: BACKENDS });
  if (!closed.ok) throw new Error(closed.because);
  console.log(`${closed.bytes} bytes in all, ${closed.bytes - before} of them the index`);
  if (closed.bytes > BYTES_MAX) throw new Error(`that is more than ${BYTES_MAX}`);
}

/** Every exchange the views may need, slimmed, and the header of the whole recording. */
async function select(input: string) {
  const summary = makeSummary();
  const kept: Kept[] = [];
  const traces = new Map<string, string>();
  for (const block of await readRecording(input, true)) {
    for (const [, line] of linesIn(await block.load())) {
      const head = headOf(line);
      if (head === undefined) throw new Error('a line is no HAR entry');
      summary.add(head);
      const entry: Recorded = JSON.parse(line.toString());
      if (WANTED.some((pattern) => pattern.test(entry._name))) kept.push(keep(entry, traces));
    }
  }
  const header = summary.header('central');
  const start = kept[0]?.round;
  if (header === undefined || start === undefined) throw new Error('the recording is empty');
  return { kept: kept.map((each) => ({ ...each, round: each.round - start })), header };
}

type Recorded = HarEntry & { readonly _label: string; readonly _name: string };

/** `traces`: the trace that each tenant was asked for last; its logs follow it. */
function keep(entry: Recorded, traces: Map<string, string>): Kept {
  const tenant = entry._tenant ?? '';
  if (entry._name === 'tempo/v2/traces') traces.set(tenant, entry.request.url.split('/').at(-1) ?? '');
  return {
    name: entry._name,
    tenant,
    round: Number(entry._label.replace('poll@', '')),
    entry: slim(entry, placeOf(entry._name, '').component),
    trace: BY_ID.test(entry._name) ? (traces.get(tenant) ?? '') : '',
  };
}

/**
 * Traces asked before the demo's rounds that its screens still show: the ten worst and the ten newest exemplars of
 * every answer, and every trace that a search found.
 */
function tracesShown(kept: readonly Kept[]): ReadonlySet<string> {
  const shown = new Set<string>();
  for (const { name, tenant, round, entry } of kept) {
    if (round < FROM_SECONDS) continue;
    if (EXEMPLARS.test(name))
      for (const id of exemplarsShown(entry.response.content.text)) shown.add(`${tenant} ${id}`);
    if (SEARCHES.test(name) || name === 'tempo/search/latest') {
      const found: { traces?: { traceID: string }[] } = JSON.parse(entry.response.content.text);
      for (const { traceID } of found.traces ?? []) shown.add(`${tenant} ${traceID.padStart(32, '0')}`);
    }
  }
  return shown;
}

function exemplarsShown(text: string): readonly string[] {
  const answer: { data?: { exemplars: { labels: Record<string, string>; value: string; timestamp: number }[] }[] } =
    JSON.parse(text);
  const all = (answer.data ?? []).flatMap((series) => series.exemplars);
  const worst = [...all].sort((left, right) => Number(right.value) - Number(left.value)).slice(0, 10);
  const newest = [...all].sort((left, right) => right.timestamp - left.timestamp).slice(0, 10);
  return [...worst, ...newest].map(({ labels }) => labels.trace_id ?? labels.traceID ?? '');
}

/** Which exchanges stand in one frame: what is asked together, and what repeats itself. */
function framesOf(demo: readonly Kept[]): ReadonlyMap<string, readonly Kept[]> {
  const groups = Map.groupBy(demo, groupOf);
  const frames = new Map<string, readonly Kept[]>();
  for (const [group, entries] of groups) {
    const most = group.startsWith('ids')
      ? ID_FRAME_BYTES
      : group.startsWith('lines')
        ? LINES_FRAME_BYTES
        : Number.POSITIVE_INFINITY;
    let part: Kept[] = [];
    let bytes = 0;
    for (const each of entries) {
      part.push(each);
      bytes += each.entry.response.content.text.length;
      if (bytes < most) continue;
      frames.set(`${group} ${frames.size}`, part);
      part = [];
      bytes = 0;
    }
    if (part.length > 0) frames.set(`${group} ${frames.size}`, part);
  }
  return frames;
}

function groupOf({ name, tenant, round }: Kept): string {
  if (EXISTS.test(name) || BUILDS.test(name)) return 'exists';
  if (BY_ID.test(name)) return `ids ${tenant}`;
  if (EXEMPLARS.test(name)) return `${name} ${tenant}`;
  if (LINES.test(name)) return `lines ${tenant}`;
  if (SEARCHES.test(name)) return `searches ${tenant}`;
  if (CARDINALITY.test(name) || STREAMS.test(name)) return `series ${tenant}`;
  if (CLUSTERS.test(name)) return `clusters ${name.split('/')[1]}`;
  const [first, last] = FIRST_SCREEN_SECONDS;
  return `pulse ${round < first ? 'before' : round > last ? 'after' : 'at the first screen'} ${tenant}`;
}

await main();
