import { nextStep, sayFault } from '../domain/faults.ts';
import { type Fault, type Loaded, sourceKey } from '../domain/result.ts';
import { go, type Intent, refuse, type Tone, type View, type ViewKey, view } from '../views/view.ts';
import { bodyKeys, globalKeys, type Key, printKey, targetKeys } from './keys.ts';
import type { ConsoleState, Health, Slot } from './model.ts';
import { consoleLink, shellLink } from './permalink.ts';
import { COMMANDS } from './prompt.ts';
import { reasonFor } from './reason.ts';
import type { Subject } from './subject.ts';
import { printAge } from './times.ts';

/** One line of a page that the console writes itself: details, JSON, an explanation, the help. */
export interface PageLine {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly tone: Tone;
  /** Where `enter` goes from its page. */
  readonly leads?: Intent;
}

const PAGES = {
  explain: 'what was asked, of whom, when, and what is missing',
  details: 'everything known of the selected row',
  json: 'the selected row as the commands print it',
  help: 'the keys of this screen',
  aliases: 'all views and their short names',
  sources: 'how each backend is doing',
} as const;

export type PageId = keyof typeof PAGES;

/** The views behind these pages: they are filled when they are opened, and ask nobody. */
export const pageViews: readonly View<unknown>[] = (Object.keys(PAGES) as PageId[]).map((id) =>
  view<PageLine>({
    id,
    aliases: [],
    about: PAGES[id],
    everySeconds: 0,
    consoleOnly: true,
    async *load(): AsyncGenerator<Loaded<PageLine>> {
      yield { rows: [], gaps: [], because: 'this page was closed long ago; esc, then open it again', complete: true };
    },
    body: {
      kind: 'report',
      rowId: (line) => line.id,
      label: (line) => line.label,
      text: (line) => line.text,
      tone: (line) => line.tone,
    },
    keys: pageKeys(id),
    record: (line) => ({ label: line.label, text: line.text }),
    origin: () => undefined,
    details: (line) => [[line.label, line.text]],
    crumb: () => '',
  }),
);

function pageKeys(id: PageId): readonly ViewKey<PageLine>[] {
  if (id === 'aliases') return [{ key: 'enter', does: 'go there', on: ({ label }) => go(idIn(label), {}) }];
  if (id !== 'explain') return [];
  const on: ViewKey<PageLine>['on'] = (_line, { rows }) =>
    rows.find(({ leads }) => leads)?.leads ??
    refuse('this is no tenant’s data: there is no way from an agent to follow');
  return [{ key: 'enter', does: 'why: hop by hop, from the agent', on }];
}

/** `:slow :s :home` → `slow`. */
const idIn = (label: string): string => label.split(' ')[0]?.slice(1) ?? '';

export const isPage = (id: string): id is PageId => Object.hasOwn(PAGES, id);

type Bare = readonly [label: string, text: string, tone?: Tone];

const asLines = (lines: readonly Bare[]): readonly PageLine[] =>
  lines.map(([label, text, tone = 'plain'], index) => ({ id: String(index), label, text, tone }));

/** Write a page. Undefined where it would need a row and there is none. */
export function writePage(id: PageId, subject: Subject): readonly PageLine[] | undefined {
  const { view: shown, row } = subject;
  if (id === 'help') return asLines(helpLines(shown));
  if (id === 'aliases') return asLines(aliasLines(subject.views));
  if (id === 'sources') return asLines(sourceLines(subject.state));
  if (id === 'explain') return explained(subject);
  if (subject.rowId === undefined) return undefined;
  if (id === 'details') return asLines(shown.details(row));
  const json = JSON.stringify(shown.record(row), null, 2).split('\n');
  return asLines(json.map((line) => ['', line]));
}

/** With the way to the reasoning at the end. */
function explained(subject: Subject): readonly PageLine[] {
  const leads = reasonFor(subject);
  const lines = asLines(explainLines(subject));
  if (leads === undefined) return lines;
  const { tenant, signal = '' } = leads.params;
  const text = tenant
    ? `enter: the hops of ${signal} of ${tenant}, from its agent to this screen, up to the broken one`
    : 'enter: whose data it is: all tenants and what is missing of each; x there leads to the hops';
  return [...lines, { id: 'why', label: 'why', text, tone: 'accent', leads }];
}

function explainLines(subject: Subject): readonly Bare[] {
  const { state, view: shown, frame, slot, visible } = subject;
  const count =
    visible.rows.length === visible.total ? `${visible.total}` : `${visible.rows.length} of ${visible.total}`;
  return [
    ['screen', `${shown.id}: ${shown.about}`],
    ...(subject.rowId === undefined ? [] : (shown.explain?.(subject.row) ?? [])),
    ...originLines(subject),
    ['rows', frame.filter === '' ? count : `${count}, filter ${frame.filter}`],
    ...linkLines(subject),
    ['tenants', (state.scope.length > 0 ? state.scope : state.tenants).join(', ') || 'none'],
    ...(slot.note ? [['note', slot.note] as const] : []),
    ...(slot.because ? [['why empty', slot.because, 'warn'] as const] : []),
    ...(slot.broken ? [['bug', slot.broken, 'bad'] as const] : []),
    ...gapsLines(slot),
  ];
}

/** How to come here again: from the command line, from the shell. */
function linkLines({ view: shown, frame, state }: Subject): readonly Bare[] {
  const here = consoleLink(shown, frame, state);
  const shell = shellLink(shown, frame, state);
  return [...(here ? [['link', here] as const] : []), ...(shell ? [['command', shell] as const] : [])];
}

function originLines({ view: shown, slot, row, rowId, nowUnix, times }: Subject): readonly Bare[] {
  if (rowId === undefined) return [];
  const origin = shown.origin(row);
  if (!origin) return [['source', 'this console']];
  const { atUnix } = origin;
  return [
    ['query', origin.asked],
    ['endpoint', origin.path],
    ['source', sourceKey(origin.source)],
    ['tenant', origin.tenant ?? 'none sent'],
    ['age', `${printAge(nowUnix - atUnix)}, answered ${times.clock(atUnix)} ${times.zone(atUnix)}`],
    ...(slot.kept.has(rowId)
      ? [['old', 'the last load failed for this row; it stands as it was', 'warn'] as const]
      : []),
  ];
}

function gapsLines({ gaps, complete }: Slot): readonly Bare[] {
  if (gaps.length === 0) return [['missing', complete ? 'nothing: all that was asked has answered' : 'still asking']];
  return gaps.flatMap((gap): readonly Bare[] => [
    ['missing', sayGap(gap), 'bad'],
    ['next', nextStep(gap)],
  ]);
}

/** A gap in one line: kind, who, as whom, and what was said. */
export const sayGap = (gap: Fault): string => `${gap.kind}: ${sayFault(gap)}`;

/** Keys in words: those of the view, of its kind of body, of the whole console. */
function helpLines(shown: View<unknown>): readonly Bare[] {
  const ofBody = bodyKeys[shown.body.kind];
  const taken = new Set([...ofBody, ...shown.keys].flatMap((each) => [each.key, ...alsoOf(each)]));
  const own = shown.keys.filter(({ key }) => !ofBody.some((each) => each.key === key));
  const entry = (each: Key | ViewKey<unknown>): Bare => [
    [each.key, ...alsoOf(each)].map(printKey).join(' '),
    each.does,
    'accent',
  ];
  return [
    [`${shown.id}: ${shown.about}`, '', 'accent'],
    ...own.map(entry),
    ...sortLine(shown),
    ['', ''],
    [`in ${KINDS[shown.body.kind]}`, '', 'accent'],
    ...ofBody
      .filter(({ key, command }) => command.do !== 'scope' || !/^[2-9]$/.test(key))
      .map((each) => (each.command.do === 'scope' && each.key === '1' ? DIGITS : entry(each))),
    ['', ''],
    ['everywhere', '', 'accent'],
    ...globalKeys.filter(({ key }) => !taken.has(key)).map(entry),
    ...targetKeys
      .filter(({ key }) => !taken.has(key))
      .map((each): Bare => [each.key, `${each.does} (not here)`, 'dim']),
    ['', ''],
    ['command line   :VIEW [ARG] [TENANT] [/FILTER] [@CONTEXT]', '', 'accent'],
    ['tab →', 'complete', 'accent'],
    ['↑ ↓', 'what was written before', 'accent'],
  ];
}

const KINDS = {
  table: 'a table',
  waterfall: 'a waterfall',
  lines: 'text',
  report: 'a report',
  matrix: 'a matrix',
  heatmap: 'a heatmap',
} as const;

const DIGITS: Bare = ['1–9', 'the tenants of the header', 'accent'];

const alsoOf = (key: Key | ViewKey<unknown>): readonly string[] => ('also' in key ? (key.also ?? []) : []);

function sortLine({ body }: View<unknown>): readonly Bare[] {
  if (body.kind !== 'table') return [];
  const letters = body.columns.flatMap(({ letter, title }) => (letter ? [`${letter} ${title.toLowerCase()}`] : []));
  return letters.length === 0 ? [] : [['shift-letter', `sort by ${letters.join(', ')}; again to reverse`, 'accent']];
}

const sourceLines = ({ health, nowUnix }: ConsoleState): readonly Bare[] =>
  health.map((each) => [sourceKey(each.source), `${stateWord(each)}, ${lastAnswer(each, nowUnix)}`, each.tone]);

/** One word for how a backend is doing: a fault kind, `answers`, or `not asked`. */
export const stateWord = (health: Health): string => (health.word === '' ? 'answers' : health.word);

export const lastAnswer = ({ answeredUnix }: Health, nowUnix: number): string =>
  answeredUnix === undefined ? 'no answer yet' : `last answer ${printAge(nowUnix - answeredUnix)} ago`;

const aliasLines = (views: readonly View<unknown>[]): readonly Bare[] => [
  ...views.map((each): Bare => [`:${[each.id, ...each.aliases].join(' :')}`, each.about]),
  ...COMMANDS.map((each): Bare => [`:${[each.name, ...each.aliases].join(' :')}`, each.about]),
];
