import type { ConsoleState, Prompt } from './model.ts';
import { standOn } from './moves.ts';
import { type Change, changeFrame, flash, rescope, type Scene, type Tools } from './perform.ts';
import { edit, insert, parseCommand, remember, type Vocabulary } from './prompt.ts';
import { visit } from './stack.ts';

/** What the command line can name here. */
export const vocabularyOf = (state: ConsoleState, tools: Pick<Tools, 'views'>): Vocabulary => ({
  views: tools.views,
  tenants: state.tenants,
  context: state.context,
});

/** A key while a prompt is open. Commands it stands for are `quit`, `help` and `aliases`, answered by name. */
export function typeKey(
  key: string,
  prompt: Prompt,
  scene: Scene,
  tools: Tools,
): Change & { readonly run?: 'quit' | 'help' | 'aliases' } {
  const { state } = scene;
  if (key === 'esc' || (key === 'backspace' && prompt.text === ''))
    return {
      prompt: undefined,
      ...(prompt.mode === 'filter' ? changeFrame(scene, { filter: key === 'esc' ? prompt.draft : '' }) : {}),
    };
  if (key === 'enter') return prompt.mode === 'filter' ? keepFilter(prompt, scene) : runCommand(prompt, scene, tools);
  const typed = key === 'space' ? ' ' : [...key].length === 1 ? key : undefined;
  const edited =
    typed === undefined
      ? edit(prompt, key, vocabularyOf(state, tools), state.histories[prompt.mode])
      : insert(prompt, typed);
  return edited ? withPrompt(edited, scene) : {};
}

/** Text that was pasted while a prompt is open. */
export const pasteInto = (prompt: Prompt, text: string, scene: Scene): Change =>
  withPrompt(insert(prompt, text.trim()), scene);

const withPrompt = (prompt: Prompt, scene: Scene): Change => ({
  prompt,
  ...(prompt.mode === 'filter' && prompt.text !== scene.frame.filter
    ? changeFrame(scene, { filter: prompt.text, top: 0 })
    : {}),
});

function keepFilter(prompt: Prompt, scene: Scene): Change {
  const { state, visible, at } = scene;
  const histories = { ...state.histories, filter: remember(state.histories.filter, prompt.text) };
  const first =
    visible.matches && !visible.matches.has(at)
      ? ([...visible.matches].find((index) => index > at) ?? [...visible.matches][0])
      : undefined;
  return { prompt: undefined, histories, ...(first === undefined ? {} : standOn(scene, first)) };
}

function runCommand(
  prompt: Prompt,
  { state }: Scene,
  tools: Tools,
): Change & { readonly run?: 'quit' | 'help' | 'aliases' } {
  const histories = { ...state.histories, command: remember(state.histories.command, prompt.text) };
  const closed = { prompt: undefined, histories };
  if (prompt.text.trim() === '') return { prompt: undefined };
  const parsed = parseCommand(prompt.text, vocabularyOf(state, tools));
  if (parsed.do === 'refuse') return { ...closed, ...flash(parsed.because, 'warn') };
  if (parsed.do !== 'go') return { ...closed, run: parsed.do };
  const tenant = state.tenants.find((known) => known === parsed.tenant);
  const scoped = parsed.tenant === undefined ? {} : rescope(state, tenant ? [tenant] : [], tools.viewOf);
  const frame = { ...tools.open(parsed.view, parsed.params), filter: parsed.filter ?? '' };
  return { ...closed, ...scoped, ...visit(state, [frame]) };
}
