import { type Console, createConsole } from '../src/state/console.ts';
import type { ConsoleOptions } from '../src/state/model.ts';
import { go, type View } from '../src/views/view.ts';
import { type MadeScheduler, madeScheduler } from './made-scheduler.ts';
import { type Load, loadedOf, type MadeRow, madeRows, madeTable, noClients } from './made-views.ts';
import { tenantOf } from './stage.tsx';

/** A console without a screen, on made views, in made time. */
export interface Made {
  readonly console: Console;
  readonly scheduler: MadeScheduler;
  /** What was asked: view, tenants, end of the time range. */
  readonly asked: string[];
  press(...keys: string[]): Promise<void>;
  cursor(): string | undefined;
  path(): string;
  said(): string | undefined;
}

export const row = (id: string, change: Partial<MadeRow> = {}): MadeRow => ({
  id,
  name: id,
  value: 1,
  tenant: 'north',
  ...change,
});

export async function made(
  rows: readonly MadeRow[] = madeRows(5),
  options: Partial<ConsoleOptions> = {},
  more: readonly View<unknown>[] = [],
): Promise<Made> {
  const scheduler = madeScheduler();
  const asked: string[] = [];
  const load: (id: string, loaded: readonly MadeRow[]) => Load = (id, loaded) =>
    async function* ({ tenants, params, time }) {
      asked.push(`${id} ${tenants.join('+')} ${JSON.stringify(params)} ${time.endUnix}`);
      yield loadedOf(
        loaded.filter((each) => tenants.some((tenant) => tenant === each.tenant)),
        loaded.length === 0 ? { because: 'none' } : {},
      );
    };
  const console = createConsole({
    views: [
      madeTable(load('made', rows), {
        keys: [
          { key: 'enter', does: 'its child', on: (each) => go('child', { name: each.name }) },
          { key: 't', does: 'make its tenant current', on: (each) => ({ do: 'tenant', tenant: each.tenant }) },
          {
            key: 'm',
            does: 'fail',
            on: () => {
              throw new Error('no such thing');
            },
          },
        ],
      }),
      madeTable(load('child', madeRows(3)), { id: 'child', aliases: ['ch'], everySeconds: 0 }),
      ...more,
    ],
    clients: noClients,
    clock: { now: () => 1_795_140_000 + scheduler.nowMs() / 1000, said: () => undefined },
    context: 'made',
    tenants: ['north', 'south'].map(tenantOf),
    home: 'made',
    time: { endUnix: 0, live: true },
    utc: true,
    scheduler,
    ...options,
  });
  console.start();
  await scheduler.pass(0);
  return {
    console,
    scheduler,
    asked,
    async press(...keys) {
      for (const key of keys) console.press(key);
      await scheduler.pass(0);
    },
    cursor: () => console.scene().visible.ids[console.scene().at],
    path: () =>
      console.store
        .getState()
        .stack.map(({ view }) => view)
        .join(' '),
    said: () => console.store.getState().flash?.text,
  };
}

/** A text as the keys that write it. */
export const typed = (text: string): readonly string[] =>
  [...text].map((character) => (character === ' ' ? 'space' : character));
