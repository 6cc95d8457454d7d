import type { Scene } from '../state/change.ts';
import type { Console } from '../state/console.ts';
import type { Choice, Prompt } from '../state/model.ts';
import { completions, ghostOf } from '../state/prompt.ts';
import { vocabularyOf } from '../state/typing.ts';
import { type Frame, fitsFooter } from './chrome.ts';
import { composeLine, type Piece } from './lines.ts';
import type { Pen } from './theme.ts';
import { skip, textWidth } from './width.ts';

/** The last line: the prompt while one is open, else what was just said, else a remark on the rows; and where the cursor is. */
export function footerLine(console: Console, scene: Scene, { width, pen }: Frame): string {
  const { state, slot, visible, at } = scene;
  if (state.choice) return choiceLine(state.choice, width, pen);
  if (state.prompt) return promptLine(console, scene, state.prompt, width, pen);
  const hidden = visible.rows.length === visible.total ? '' : ` of ${visible.total}`;
  const right: Piece[] =
    visible.rows.length === 0 ? [] : [{ text: ` ${at + 1}/${visible.rows.length}${hidden} `, look: pen.dim, keep: 80 }];
  const room = width - right.reduce((sum, { text }) => sum + textWidth(text), 0) - 1;
  const { flash } = state;
  const note = pen.text(slot.note ?? '');
  const said = flash ? pen.text(flash.text) : fitsFooter(note, width) ? note : '';
  const text = textWidth(said) > room ? pen.fit(said, room) : said;
  return composeLine(
    width,
    [{ text: ` ${text}`, look: (bare) => pen.tone(bare, flash?.tone ?? 'dim'), keep: 90 }],
    right,
  );
}

function choiceLine({ title, choices }: Choice, width: number, pen: Pen): string {
  const offers = choices.flatMap(({ key, does }): Piece[] => [
    { text: `  ${key}`, look: (text) => pen.tone(text, 'accent'), keep: 98 },
    { text: ` ${pen.text(does)}`, keep: 97 },
  ]);
  return composeLine(
    width,
    [{ text: ` ${pen.text(title)}:`, look: pen.bold, keep: 99 }, ...offers],
    [{ text: ' esc leaves it ', look: pen.dim, keep: 20 }],
  );
}

function promptLine(console: Console, { state }: Scene, prompt: Prompt, width: number, pen: Pen): string {
  const words = vocabularyOf(state, console);
  const sign = prompt.mode === 'command' ? ':' : '/';
  const before = pen.text(prompt.text.slice(0, prompt.at));
  const under = pen.text([...prompt.text.slice(prompt.at)][0] ?? '');
  const after = pen.text(prompt.text.slice(prompt.at + ([...prompt.text.slice(prompt.at)][0]?.length ?? 0)));
  const ghost = pen.text(ghostOf(prompt, words));
  const room = width - 4;
  const shown = skip(before, Math.max(0, textWidth(before) - room + 1));
  const onCursor = under === '' ? (ghost === '' ? ' ' : ([...ghost][0] ?? ' ')) : under;
  const rest = under === '' ? [...ghost].slice(1).join('') : after;
  const left: Piece[] = [
    { text: ` ${sign}`, look: (text) => pen.tone(text, 'accent'), keep: 99 },
    { text: shown, keep: 98 },
    { text: onCursor, look: pen.inverse, keep: 97 },
    {
      text: fitRest(rest, pen, room - textWidth(shown) - textWidth(onCursor)),
      look: under === '' ? pen.dim : undefined,
      keep: 96,
    },
  ];
  const offers = prompt.mode === 'command' ? completions(prompt.text, words) : [];
  const right = offers.slice(0, 6).map(
    ({ word, about }, index): Piece => ({
      text: ` ${pen.text(index === 0 ? `${word}: ${about}` : word)} `,
      look: pen.dim,
      keep: 30 - index,
    }),
  );
  const help: Piece[] =
    prompt.mode === 'filter' && prompt.text === ''
      ? [{ text: ' text  !without  -f fuzzy ', look: pen.dim, keep: 20 }]
      : [];
  return composeLine(width, left, [...right, ...help]);
}

const fitRest = (text: string, pen: Pen, room: number): string =>
  textWidth(text) > room ? pen.fit(text, Math.max(0, room)) : text;
