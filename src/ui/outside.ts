import type { Loaded } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Console } from '../state/console.ts';
import { rowsToSave, screenText } from '../state/copying.ts';
import type { SaveAs } from '../state/model.ts';
import type { View } from '../views/view.ts';
import { bareText } from './cells.ts';
import { copyNatively, copyWay } from './clipboard.ts';
import { type Saved, writeNew } from './save.ts';
import { printSvg } from './svg.ts';

/** The rows of a screen, for whoever prints them as the commands do. */
export interface ScreenAnswer {
  readonly view: View<unknown>;
  readonly loaded: Loaded<unknown>;
  readonly tenants: readonly Tenant[];
  readonly atUnix: number;
}

/** What lies outside the console: the terminal's clipboard, the folder it was started in. */
export interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly folder: string;
  readonly write: (bytes: string) => void;
  /** The screen as it is, one painted string a line, and its width. */
  readonly screen: () => { readonly lines: readonly string[]; readonly columns: number };
  /** The rows as JSON, by the contract's envelope. */
  readonly printJson: (answer: ScreenAnswer) => Promise<string>;
}

/** Do what the console wants done outside. Returns how to stop, and the texts that no clipboard took. */
export function serveOutside(console: Console, outside: Outside): { stop(): void; readonly uncopied: string[] } {
  const uncopied: string[] = [];
  const stop = console.store.subscribe((state, before) => {
    if (state.copied && state.copied !== before.copied) {
      const { text } = state.copied;
      void copyOut(text, outside).then((because) => {
        if (because === undefined) return;
        uncopied.push(text);
        console.say({ text: `not copied: ${because}; printed when you leave`, tone: 'warn' });
      });
    }
    if (state.saving && state.saving !== before.saving) {
      void saveScreen(console, state.saving.as, outside).then((saved) =>
        console.say(saved.ok ? { text: `saved ${saved.file}`, tone: 'good' } : { text: saved.because, tone: 'bad' }),
      );
    }
  });
  return { stop, uncopied };
}

/** Fails: with why no clipboard took it. */
async function copyOut(text: string, { env, platform, write }: Outside): Promise<string | undefined> {
  const way = copyWay(text, env, platform);
  if (way.kind === 'native') return copyNatively(text, way.programs);
  if (way.kind === 'none') return way.because;
  write(way.sequence);
  if (way.also.length > 0) await copyNatively(text, way.also);
  return undefined;
}

const ENDINGS: Readonly<Record<SaveAs, string>> = { text: 'txt', json: 'json', svg: 'svg' };

async function saveScreen(console: Console, as: SaveAs, outside: Outside): Promise<Saved> {
  const scene = console.scene();
  const { nowUnix } = scene.state;
  const { times } = console;
  const name = `lgtm-tui-${scene.view.id}-${times.day(nowUnix)}-${times.clock(nowUnix)}`.replaceAll(/[^\w-]/g, '');
  const { lines, columns } = outside.screen();
  const content = async (): Promise<string> => {
    if (as === 'svg') return printSvg(lines, columns, `lgtm-tui ${scene.view.id}`);
    if (as === 'json') return outside.printJson(answerOf(console));
    return screenText(scene) ?? `${lines.map((line) => bareText(line).trimEnd()).join('\n')}\n`;
  };
  return writeNew(outside.folder, name, ENDINGS[as], await content());
}

function answerOf(console: Console): ScreenAnswer {
  const scene = console.scene();
  const { state, view, slot, frame } = scene;
  const { gaps, because, note, extras } = slot;
  const own = state.tenants.filter((tenant) => tenant === frame.params.tenant);
  const chosen = state.scope.length > 0 ? state.scope : state.tenants;
  return {
    view,
    loaded: { rows: rowsToSave(scene), gaps, because, note, extras, complete: slot.complete },
    tenants: own.length > 0 ? own : chosen,
    atUnix: state.time.live ? (slot.atUnix ?? state.nowUnix) : state.time.endUnix,
  };
}
