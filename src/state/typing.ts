import { type Change, changeFrame, flash, type Scene, type Tools } from './change.ts';
import type { Command, ConsoleState, Prompt } from './model.ts';
import { standOn } from './moves.ts';
import { isPage } from './pages.ts';
import { rescope } from './perform.ts';
import { edit, insert, parseCommand, remember, type Vocabulary } from './prompt.ts';
import { visit } from './stack.ts';

/** What the command line can name here. */
export const vocabularyOf = (state: ConsoleState, tools: Pick<Tools, 'views' | 'contexts'>): Vocabulary => ({
  views: tools.views,
  tenants: state.tenants,
  context: state.context,
  contexts: tools.contexts(),
});

/** What a key in a prompt changes, and the command it stood for. */
export interface Typed {
  readonly change: Change;
  readonly next?: Command;
}

/** A key while a prompt is open. */
export function typeKey(key: string, prompt: Prompt, scene: Scene, tools: Tools): Typed {
  const { state } = scene;
  if (key === 'esc' || (key === 'backspace' && prompt.text === '')) return { change: closed(prompt, scene) };
  if (key === 'enter')
    return prompt.mode === 'filter' ? { change: keepFilter(prompt, scene) } : runCommand(prompt, scene, tools);
  const typed = key === 'space' ? ' ' : [...key].length === 1 ? key : undefined;
  if (typed !== undefined) return { change: written(insert(prompt, typed), scene) };
  const edited = edit(prompt, key, vocabularyOf(state, tools), state.histories[prompt.mode]);
  return { change: edited ? written(edited, scene) : {} };
}

/** Text that was pasted while a prompt is open. */
export const pasteInto = (prompt: Prompt, text: string, scene: Scene): Change =>
  written(insert(prompt, text.trim()), scene);

/** Without a result: the filter is again what it was. */
const closed = (prompt: Prompt, scene: Scene): Change => ({
  prompt: undefined,
  ...(prompt.mode === 'filter' ? changeFrame(scene, { filter: prompt.draft }) : {}),
});

/** A filter works while it is being written. */
const written = (prompt: Prompt, scene: Scene): Change => ({
  prompt,
  ...(prompt.mode === 'filter' && prompt.text !== scene.frame.filter
    ? changeFrame(scene, { filter: prompt.text, top: 0 })
    : {}),
});

function keepFilter(prompt: Prompt, scene: Scene): Change {
  const { state, visible, at } = scene;
  const histories = { ...state.histories, filter: remember(state.histories.filter, prompt.text) };
  const found = visible.matches?.has(at) ? [] : [...(visible.matches ?? [])];
  const first = found.find((index) => index > at) ?? found[0];
  return { prompt: undefined, histories, ...(first === undefined ? {} : standOn(scene, first)) };
}

function runCommand(prompt: Prompt, scene: Scene, tools: Tools): Typed {
  const { state } = scene;
  if (prompt.text.trim() === '') return { change: { prompt: undefined } };
  const histories = { ...state.histories, command: remember(state.histories.command, prompt.text) };
  const change: Change = { prompt: undefined, histories };
  const parsed = parseCommand(prompt.text, vocabularyOf(state, tools));
  if (parsed.do === 'refuse') return { change: { ...change, ...flash(parsed.because, 'warn') } };
  if (parsed.do === 'quit') return { change, next: { do: 'quit' } };
  if (parsed.do === 'contexts') return { change, next: parsed };
  if (parsed.do !== 'go') return { change, next: { do: 'show', what: parsed.do } };
  const tenant = state.tenants.find((known) => known === parsed.tenant);
  const scoped = parsed.tenant === undefined ? {} : rescope(state, tenant ? [tenant] : [], tools.viewOf);
  // As the fingers expect it: the filter stays on the way to another view, until another one is named. What was opened
  // from a row is about that row, and begins without.
  const kept = state.stack.findLast(({ view }) => !isPage(view))?.filter ?? '';
  const frame = { ...tools.open(parsed.view, parsed.params), filter: parsed.filter ?? kept };
  return { change: { ...change, ...scoped, ...visit(state, [frame]) } };
}
