import { expect, test } from 'vitest';
import type { Moved } from '../../src/state/model.ts';
import { contexts as contextsView } from '../../src/views/contexts.ts';
import { made, typed } from '../made-console.ts';
import { madeRows } from '../made-views.ts';
import { tenantOf } from '../stage.tsx';

const moved = (change: Partial<Extract<Moved, { ok: true }>> = {}): Moved => ({
  ok: true,
  context: 'edge',
  tenants: [tenantOf('north')],
  home: 'child',
  said: 'edge: everything follows',
  ...change,
});

test(':ctx NAME puts the whole console on that context: no row and no way back to the old one stays', async () => {
  const wanted: (readonly string[])[] = [];
  const console = await made(
    madeRows(5),
    {
      move: async (names) => {
        wanted.push(names);
        return moved();
      },
    },
    [contextsView],
  );
  await console.press('enter', ...typed(':ctx edge'), 'enter');
  expect(wanted).toEqual([['edge']]);
  const { context, tenants, past, slots } = console.console.store.getState();
  expect([context, tenants, past, Object.keys(slots)]).toEqual(['edge', ['north'], [], [expect.any(String)]]);
  expect(console.path()).toBe('child');
  expect(console.said()).toBe('edge: everything follows');
  expect(console.asked.at(-1)).toMatch(/^child north/);
});

test('several at once, as several --context', async () => {
  const wanted: (readonly string[])[] = [];
  const move = async (names: readonly string[]): Promise<Moved> => {
    wanted.push(names);
    return moved({ context: names.join(', ') });
  };
  const console = await made(madeRows(1), { move }, [contextsView]);
  await console.press(...typed(':ctx central,edge'), 'enter');
  await console.press(...typed(':ctx central eu-west'), 'enter');
  expect(wanted).toEqual([
    ['central', 'edge'],
    ['central', 'eu-west'],
  ]);
});

test('a link to a screen of another context goes there first, then opens it as it was', async () => {
  const console = await made(madeRows(1), { move: async () => moved() });
  await console.press(...typed(':child south /row @edge'), 'enter');
  expect(console.path()).toBe('child');
  const [frame] = console.console.store.getState().stack;
  expect(frame).toMatchObject({ view: 'child', params: { tenant: 'south' }, filter: 'row' });
});

test('what cannot be opened leaves the screen, and says why', async () => {
  const console = await made(
    madeRows(5),
    { move: async () => ({ ok: false, because: 'API server of context edge: refuses connections' }) },
    [contextsView],
  );
  await console.press('j', ...typed(':ctx edge'), 'enter');
  expect(console.console.store.getState().context).toBe('made');
  expect(console.said()).toBe('not switched: API server of context edge: refuses connections');
  expect(console.cursor()).toBe(madeRows(5)[1]?.id);
});

test('while one is being opened a second is refused; without a kubeconfig all are', async () => {
  const never = await made(madeRows(1), { move: () => new Promise<Moved>(() => {}) }, [contextsView]);
  await never.press(...typed(':ctx edge'), 'enter');
  expect(never.said()).toBe('opening edge…');
  await never.press(...typed(':ctx west'), 'enter');
  expect(never.said()).toBe('still opening edge');
  const none = await made(madeRows(1), {}, [contextsView]);
  await none.press(...typed(':ctx edge'), 'enter');
  expect(none.said()).toBe('there is no kubeconfig here whose contexts could be switched');
});

test('what breaks while one is being opened is told, and another can be opened', async () => {
  let broken = true;
  const move = async (): Promise<Moved> => {
    if (!broken) return moved();
    broken = false;
    throw new Error('EMFILE: too many open files');
  };
  const console = await made(madeRows(1), { move }, [contextsView]);
  await console.press(...typed(':ctx edge'), 'enter');
  expect(console.said()).toBe('not switched: EMFILE: too many open files');
  await console.press(...typed(':ctx edge'), 'enter');
  expect(console.said()).toBe('edge: everything follows');
});
