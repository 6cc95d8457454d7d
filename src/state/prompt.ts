import { go as fuzzyGo } from 'fuzzysort';
import { clean } from '../domain/text.ts';
import type { Params, View } from '../views/view.ts';
import type { Prompt } from './model.ts';

const HISTORY_MAX = 100;

/** Words of the command line that are no views. */
export const COMMANDS: readonly {
  readonly name: 'quit' | 'help' | 'aliases' | 'sources';
  readonly aliases: readonly string[];
  readonly about: string;
}[] = [
  { name: 'quit', aliases: ['q', 'q!', 'exit'], about: 'leave' },
  { name: 'help', aliases: ['h', '?'], about: 'the keys' },
  { name: 'aliases', aliases: ['alias', 'a'], about: 'all views and their short names' },
  { name: 'sources', aliases: ['about', 'health'], about: 'how each backend is doing' },
];

/** What the command line can name. */
export interface Vocabulary {
  readonly views: readonly View<unknown>[];
  readonly tenants: readonly string[];
  readonly context: string;
  /** All that could be switched to. */
  readonly contexts?: readonly string[];
}

export type Parsed =
  | { readonly do: 'quit' | 'help' | 'aliases' | 'sources' }
  | {
      readonly do: 'go';
      readonly view: string;
      readonly params: Params;
      readonly tenant?: string;
      readonly filter?: string;
    }
  /** To other contexts first. */
  | {
      readonly do: 'contexts';
      readonly contexts: readonly string[];
      readonly view?: string;
      readonly params?: Params;
      readonly filter?: string;
    }
  | { readonly do: 'refuse'; readonly because: string };

/** Read `VIEW [ARG] [TENANT] [/FILTER] [@CONTEXT]`. Fails with a sentence that says what was not understood. */
export function parseCommand(text: string, words: Vocabulary): Parsed {
  // A link is pasted with its colon.
  const line = cut(text.replace(/^\s*:/, ''));
  const [name = '', ...rest] = line.words;
  if (name === '') return refused('name a view; ctrl-a lists them');
  // A view that would be called `q` too must not keep anybody from leaving.
  const command = commandNamed(name);
  if (command) return command;
  const view = viewNamed(words.views, name);
  if (!view) return refused(unknownView(name, words.views));
  if (view.id === 'contexts' && rest.length > 0) return { do: 'contexts', contexts: listed(rest.join(',')) };
  if (line.at !== undefined && listed(line.at).join() !== listed(words.context).join())
    return elsewhere(line.at, rest, view, line.filter);
  const read = readWords(rest, view, words.tenants);
  return typeof read === 'string' ? refused(read) : { do: 'go', view: view.id, ...read, filter: line.filter };
}

function commandNamed(name: string): Parsed | undefined {
  const command = COMMANDS.find((known) => known.name === name || known.aliases.includes(name));
  return command && { do: command.name };
}

/** The argument and the tenant behind a view's name; a sentence where a word is neither. */
function readWords(
  rest: readonly string[],
  { id, argument }: View<unknown>,
  tenants: readonly string[],
): { readonly params: Params; readonly tenant?: string } | string {
  let params: Params = {};
  let tenant: string | undefined;
  const isTenant = (word: string): boolean => word === 'all' || tenants.includes(word);
  for (const word of rest) {
    const free = argument !== undefined && params[argument.param] === undefined;
    if (free && (argument.required || !isTenant(word))) params = { ...params, [argument.param]: word };
    else if (tenant === undefined && isTenant(word)) tenant = word;
    else return `${word} is no tenant known here: ${tenants.slice(0, 5).join(', ') || 'none is'}`;
  }
  return argument?.required && params[argument.param] === undefined
    ? `${id} needs ${argument.name}`
    : { params, tenant };
}

/** Which tenants another context has is not known before it is open. */
function elsewhere(at: string, rest: readonly string[], view: View<unknown>, filter: string | undefined): Parsed {
  const read = readWords(rest, view, rest);
  if (typeof read === 'string') return refused(read);
  const own: Params = read.tenant === undefined || read.tenant === 'all' ? {} : { tenant: read.tenant };
  return { do: 'contexts', contexts: listed(at), view: view.id, params: { ...read.params, ...own }, filter };
}

/** `central,edge` as two; a console's own label has blanks behind the commas. */
const listed = (text: string): readonly string[] => text.split(/[,\s]+/).filter((name) => name !== '');

const refused = (because: string): Parsed => ({ do: 'refuse', because });

const viewNamed = (views: readonly View<unknown>[], name: string): View<unknown> | undefined =>
  views.find(({ id, aliases }) => id === name || aliases.includes(name));

function unknownView(name: string, views: readonly View<unknown>[]): string {
  const near =
    fuzzyGo(
      name,
      views.map(({ id }) => id),
      { limit: 1, threshold: 0 },
    )[0]?.target ?? views.find(({ id }) => id.startsWith(name.slice(0, 1)))?.id;
  return near ? `no view is called ${name}; is it ${near}?` : `no view is called ${name}; ctrl-a lists them`;
}

/** The filter is the rest of the line from ` /`, but a context behind it is not part of it. */
function cut(text: string): { words: readonly string[]; filter?: string; at?: string } {
  const [, head = text, behind] = /^(.*?)(?:(?:^|\s)\/(.*))?$/.exec(text) ?? [];
  const context = /(?:^|\s)@(\S+)\s*$/.exec(behind ?? head);
  const without = (part: string): string => (context ? part.slice(0, context.index) : part).trim();
  const words = (behind === undefined ? without(head) : head).split(/\s+/).filter((word) => word !== '');
  return { words, filter: behind === undefined ? undefined : without(behind), at: context?.[1] };
}

/** What the word at the end of the line could become: the likeliest first. */
export function completions(
  text: string,
  { views, tenants, context, contexts = [context] }: Vocabulary,
): readonly { readonly word: string; readonly about: string }[] {
  const words = text.split(/\s+/);
  const last = words.at(-1) ?? '';
  if (/(?:^|\s)\//.test(text)) return [];
  const candidates =
    words.length <= 1
      ? [
          ...views.map(({ id, about }) => ({ word: id, about })),
          ...COMMANDS.map(({ name, about }) => ({ word: name, about })),
        ]
      : last.startsWith('@')
        ? contexts.map((name) => ({ word: `@${name}`, about: name === context ? 'this context' : 'another context' }))
        : viewNamed(views, words[0] ?? '')?.id === 'contexts'
          ? contexts.map((name) => ({ word: name, about: 'context' }))
          : tenants.map((tenant) => ({ word: tenant, about: 'tenant' }));
  if (last === '' && words.length > 1) return [];
  const begins = candidates.filter(({ word }) => word.startsWith(last));
  if (begins.length > 0) return begins.filter(({ word }) => word !== last || begins.length === 1);
  return last === ''
    ? candidates
    : fuzzyGo(last, candidates, { key: 'word', limit: 5, threshold: 0.3 }).map(({ obj }) => obj);
}

/** The rest of the likeliest completion, shown behind the cursor. */
export function ghostOf(prompt: Prompt, words: Vocabulary): string {
  if (prompt.mode !== 'command' || prompt.at !== prompt.text.length || prompt.text.trim() === '') return '';
  const last = prompt.text.split(/\s+/).at(-1) ?? '';
  const best = completions(prompt.text, words)[0]?.word ?? '';
  return last !== '' && best.startsWith(last) ? best.slice(last.length) : '';
}

/** Write at the cursor. Pasted text loses everything that could move a cursor. */
export function insert(prompt: Prompt, typed: string): Prompt {
  const text = clean(typed);
  return edited(prompt, prompt.text.slice(0, prompt.at) + text + prompt.text.slice(prompt.at), prompt.at + text.length);
}

const edited = (prompt: Prompt, text: string, at: number): Prompt => ({ ...prompt, text, at, recalled: -1 });

/** What an editing key does to the text; undefined for a key that edits nothing. */
export function edit(prompt: Prompt, key: string, words: Vocabulary, history: readonly string[]): Prompt | undefined {
  const { text, at } = prompt;
  const before = text.slice(0, at);
  const back = [...before].at(-1)?.length ?? 0;
  const forth = [...text.slice(at)][0]?.length ?? 0;
  switch (key) {
    case 'backspace':
      return edited(prompt, text.slice(0, at - back) + text.slice(at), at - back);
    case 'ctrl-d':
    case 'delete':
      return edited(prompt, before + text.slice(at + forth), at);
    case 'ctrl-w': {
      const kept = before.replace(/\S*\s*$/, '');
      return edited(prompt, kept + text.slice(at), kept.length);
    }
    case 'ctrl-u':
      return edited(prompt, text.slice(at), 0);
    case 'left':
    case 'ctrl-b':
      return { ...prompt, at: at - back };
    case 'home':
    case 'ctrl-a':
      return { ...prompt, at: 0 };
    case 'end':
    case 'ctrl-e':
      return { ...prompt, at: text.length };
    case 'right':
    case 'ctrl-f':
    case 'tab':
      return at < text.length && key !== 'tab' ? { ...prompt, at: at + forth } : completed(prompt, words);
    case 'up':
    case 'down':
      return recalled(prompt, prompt.recalled + (key === 'up' ? 1 : -1), history);
    default:
      return undefined;
  }
}

function completed(prompt: Prompt, words: Vocabulary): Prompt {
  if (prompt.mode !== 'command') return prompt;
  const best = completions(prompt.text, words)[0];
  if (!best) return prompt;
  const text = `${prompt.text.replace(/\S*$/, '')}${best.word}`;
  return edited(prompt, text, text.length);
}

function recalled(prompt: Prompt, index: number, history: readonly string[]): Prompt {
  const wanted = Math.max(-1, Math.min(index, history.length - 1));
  const draft = prompt.recalled === -1 && prompt.mode === 'command' ? prompt.text : prompt.draft;
  const text = wanted === -1 ? (prompt.mode === 'command' ? draft : '') : (history[wanted] ?? '');
  return { ...prompt, text, at: text.length, recalled: wanted, draft };
}

/** Newest first, each text once. */
export const remember = (history: readonly string[], text: string): readonly string[] =>
  text.trim() === '' ? history : [text, ...history.filter((known) => known !== text)].slice(0, HISTORY_MAX);
