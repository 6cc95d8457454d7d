// Prints the tables of keys, flags and screens from the code into the documents. `--check` only says whether they are up
// to date, and fails where they are not.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { printManual } from '../src/commands/manual.ts';
import { FLAG_GROUPS, FLAGS, type Flag, variableOf } from '../src/config/flags.ts';
import { bodyKeys, globalKeys, type Key, printKey, targetKeys } from '../src/state/keys.ts';
import { views } from '../src/views/index.ts';

const DOCUMENTS = ['README.md'];
const KINDS = { table: 'in tables', waterfall: 'in a trace', lines: 'in logs', report: 'in reports' } as const;

type Row = readonly string[];
const PRINTED: Readonly<Record<string, () => readonly Row[]>> = { screens, keys, flags };

const stale = DOCUMENTS.filter((file) => {
  const now = readFileSync(file, 'utf8');
  const wanted = Object.entries(PRINTED).reduce((text, [name, rows]) => replaced(file, text, name, table(rows())), now);
  if (now !== wanted && !process.argv.includes('--check')) writeFileSync(file, wanted);
  return now !== wanted;
});
const MANUAL = 'man/lgtm-tui.1';
const manual = printManual(
  { views, flags: FLAGS, groups: FLAG_GROUPS, variableOf },
  JSON.parse(readFileSync('package.json', 'utf8')).version,
  globalKeys.map(({ key, also, does }) => [[key, ...(also ?? [])].map(printKey).join(' '), does]),
);
if (readIfThere(MANUAL) !== manual) {
  stale.push(MANUAL);
  if (!process.argv.includes('--check')) {
    mkdirSync('man', { recursive: true });
    writeFileSync(MANUAL, manual);
  }
}

if (process.argv.includes('--check') && stale.length > 0) {
  console.error(`${stale.join(', ')}: not what the code says; run: npm run docs`);
  process.exitCode = 1;
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function screens(): readonly Row[] {
  const rows = views.map((view) => {
    const argument = view.argument ? ` ${view.argument.required ? view.argument.name : `[${view.argument.name}]`}` : '';
    const own = view.keys.map(({ key, does }) => `${code(printKey(key))} ${does}`);
    return [code(view.id + argument), view.about, view.aliases.map(code).join(' '), own.join(' · ')];
  });
  return [['screen and command', 'what', 'also', 'its keys'], ...rows];
}

function keys(): readonly Row[] {
  const names = (key: string, also: readonly string[] = []): string => [key, ...also].map(printKey).map(code).join(' ');
  const everywhere = [
    ...globalKeys.map(({ key, also, does }) => [names(key, also), does, 'everywhere']),
    ...targetKeys.map(({ key, does }) => [names(key), does, 'everywhere']),
  ];
  const places = new Map<string, { readonly row: Row; readonly kinds: string[] }>();
  for (const [kind, where] of Object.entries(KINDS)) {
    for (const entry of digitsAsOne(bodyKeys[kind as keyof typeof KINDS])) {
      const row = [names(entry.key, entry.also), entry.does];
      const place = places.get(row.join()) ?? { row, kinds: [] };
      place.kinds.push(where);
      places.set(row.join(), place);
    }
  }
  return [
    ['key', 'does', 'where'],
    ...everywhere,
    ...[...places.values()].map(({ row, kinds }) => [...row, kinds.join(', ')]),
  ];
}

/** Nine tenants are one line. */
function digitsAsOne(entries: readonly Key[]): readonly Key[] {
  return entries
    .filter(({ key, command }) => command.do !== 'scope' || !/^[2-9]$/.test(key))
    .map((entry) =>
      entry.key === '1' && entry.command.do === 'scope'
        ? { ...entry, key: '1–9', does: 'that tenant of the header' }
        : entry,
    );
}

function flags(): readonly Row[] {
  const all: readonly Flag[] = FLAGS;
  const rows = all.map((flag) => [
    code(`${flag.short ? `-${flag.short} ` : ''}--${flag.name}${flag.value ? ` ${flag.value}` : ''}`),
    `${flag.about}${flag.repeats ? ' (repeats)' : ''}`,
    FLAG_GROUPS[flag.group].toLowerCase(),
    flag.variable === false ? '' : code(variableOf(flag)),
  ]);
  return [['flag', 'what', '', 'variable'], ...rows];
}

/** A key or word as code; a bar would end the cell, and a backtick the code. */
function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function table([head = [], ...rows]: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Fails: when the document has no place for it. */
function replaced(file: string, text: string, name: string, printed: string): string {
  const [begin, end] = [`<!-- ${name}: printed by npm run docs -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no place for ${name}: ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n${printed}\n${text.slice(to)}`;
}
