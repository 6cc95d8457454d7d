import { lossOf, worstFirst } from '../domain/loss-answer.ts';
import { shortNode } from '../domain/node-name.ts';
import type { Loaded } from '../domain/result.ts';
import { cellsOf, detailsOf } from './spread-cells.ts';
import { goLogs, goPods, toggle } from './spread-keys.ts';
import { spreadRecord } from './spread-record.ts';
import type { SpreadRow } from './spread-row.ts';
import { loadSpread } from './spread-rows.ts';
import { go, refuse, view } from './view.ts';

const SUMMARY_MAX = 6;

/** Which node may I lose? Ring, pods, nodes and zones in one matrix. */
export const spread = view<SpreadRow>({
  id: 'spread',
  aliases: ['sp', 'quorum', 'ring'],
  about: 'replicas by node and zone, and what is lost with a node',
  everySeconds: 15,
  judges: true,
  tenantless: true,
  flags: [{ flag: 'lose', param: 'lose', about: 'what if these nodes were lost', value: 'NODE[,NODE]' }],
  load: loadSpread,
  decides: (loaded, params) => {
    if (!params.lose) return undefined;
    const answers = loaded.rows.flatMap((row) => (row.kind === 'component' && row.loss ? [row.loss] : []));
    const lost = loaded.rows.find((row) => row.kind === 'lost');
    if (answers.some(({ verdict }) => verdict === 'bad') || lost?.last.some(({ verdict }) => verdict === 'bad'))
      return true;
    // What could not be told is not well.
    const blind = lost === undefined || lost.strangers.length > 0 || lost.unseen.length > 0;
    return blind || answers.some(({ verdict }) => verdict === 'unknown') ? null : false;
  },
  summary: summaryOf,
  lists: (row) => row.kind === 'component',
  body: {
    kind: 'matrix',
    rowId: (row) => row.id,
    group: (row) => row.group,
    label: (row) => row.label,
    tone: (row) => row.verdict,
    marked: (row) => row.kind === 'node' && row.lost,
    cells: cellsOf,
    text: (row) => row.because,
  },
  keys: [
    { key: 'space', does: 'what if this node were lost; again: undo', on: (row, { params }) => toggle(row, params) },
    {
      key: 'enter',
      does: 'what a drain of this node would do',
      on: (row) =>
        row.kind === 'node' ? go('drain', { node: row.node }) : refuse('enter opens a node: move down to one'),
    },
    { key: 'l', does: 'log lines of its replica, of one that is down first', on: goLogs },
    { key: 'p', does: 'its pods', on: goPods },
  ],
  record: spreadRecord,
  origin: (row) => row.origin,
  details: detailsOf,
  crumb: ({ lose }) => (lose ? `without ${lose.split(',').map(shortNode).join(', ')}` : ''),
});

/** The worst that a node or two take, or what the marked ones take together. */
function summaryOf({ rows }: Loaded<SpreadRow>): readonly (readonly [string, string])[] {
  const components = rows.filter((row) => row.kind === 'component');
  const lost = components.flatMap(({ loss }) => (loss ? [loss] : []));
  if (lost.length > 0 && lost.every(({ verdict }) => verdict === 'good')) return [['loss', 'no ring loses anything']];
  const answers =
    lost.length > 0
      ? lost.filter(({ verdict }) => verdict !== 'good')
      : worstFirst(components.flatMap(({ worst }) => worst)).slice(0, SUMMARY_MAX);
  return answers.map((loss) => [lossOf(loss), `${loss.nodes.map(shortNode).join(' + ')}: ${loss.because}`]);
}
