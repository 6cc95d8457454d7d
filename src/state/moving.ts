import { flash } from './change.ts';
import type { Core } from './core.ts';
import { healthOf } from './health.ts';
import type { Command, Moved } from './model.ts';
import type { Poller } from './poller.ts';

/**
 * Put the whole console on other contexts. What stands on the screen stays until they are open; then nothing of the
 * old ones is left, no row and no way back to one.
 *
 * Fails: with a sentence in the footer, and everything stays as it was.
 */
export async function moveTo(
  core: Core,
  poller: Poller,
  { contexts, namespace, view, params = {}, filter = '' }: Extract<Command, { do: 'contexts' }>,
): Promise<void> {
  const { options, store, tools } = core;
  const { move, clients } = options;
  if (store.getState().moving) return;
  if (!move) return store.setState(flash('there is no kubeconfig here whose contexts could be switched', 'warn'));
  if (contexts.length === 0) return store.setState(flash('one context at least must be shown', 'warn'));
  const names = contexts.join(', ');
  store.setState({ moving: contexts, ...flash(`opening ${names}…`, 'dim') });
  const moved = await tried(() => move(contexts, namespace));
  if (store.getState().left) return;
  if (!moved.ok) return store.setState({ moving: undefined, ...flash(`not switched: ${moved.because}`, 'bad') });
  store.setState({
    moving: undefined,
    stack: [{ ...tools.open(view ?? moved.home, params), filter }],
    past: [],
    future: [],
    slots: {},
    context: moved.context,
    tenants: moved.tenants,
    scope: options.scope ?? [],
    health: healthOf(clients.journal, clients.sources),
    ...flash(moved.said, 'accent'),
  });
  core.forget(new Set());
  poller.look();
}

/** A promise that nobody awaits would end the console, and leave it moving for ever. */
async function tried(move: () => Promise<Moved>): Promise<Moved> {
  try {
    return await move();
  } catch (thrown) {
    return { ok: false, because: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
