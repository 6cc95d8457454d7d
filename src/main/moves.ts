import type { Clients } from '../clients/clients.ts';
import type { Journal } from '../clients/journal.ts';
import type { Moved } from '../state/model.ts';
import { home } from '../views/index.ts';
import type { Opened } from './opened.ts';
import type { Scope } from './scope.ts';

/** A console's way from one context to others. */
export interface Moves {
  /** Whatever is open now. */
  readonly clients: Clients;
  readonly move: (contexts: readonly string[], namespace?: string) => Promise<Moved>;
  /** Close what is open now. */
  close(): Promise<string | undefined>;
}

/**
 * Everything follows a context: clusters, agents, and the Mimir, Loki and Tempo that are found in it. What was named by
 * URL, or stands on a recording, stays; it is said.
 *
 * Fails: with a sentence; then what was open stays open.
 */
export function makeMoves(first: Opened, scopeFor: (opened: Opened) => Promise<Scope>): Moves {
  let current = first;
  const stand = makeStand(first.clients);
  return {
    clients: stand.clients,
    close: () => current.close(),
    async move(contexts, namespace) {
      const opened = await current.reopen?.(contexts, namespace);
      if (!opened) return { ok: false, because: 'nothing but what was opened first can be shown' };
      if (!opened.ok) return opened;
      const next = opened.value;
      const scope = await scopeFor(next).catch(async (thrown: unknown) => {
        await next.close();
        throw thrown;
      });
      const before = current;
      current = next;
      stand.become(next.clients);
      // What is left behind is shown nowhere any more: that it does not close must not undo what is open.
      await before.close().catch(() => undefined);
      const tenants = scope.ok ? scope.tenants : [];
      return {
        ok: true,
        context: contexts.join(', '),
        tenants: [...new Set([...next.tenants, ...tenants])],
        home: tenants.length > 0 ? home : 'stack',
        said: sayMoved(contexts, namespace, next),
      };
    },
  };
}

const TITLES = { mimir: 'Mimir', loki: 'Loki', tempo: 'Tempo' } as const;
const DATABASES = ['mimir', 'loki', 'tempo'] as const;

function sayMoved(contexts: readonly string[], namespace: string | undefined, { clients, recording }: Opened): string {
  const names = contexts.join(', ') + (namespace === undefined ? '' : `, namespace ${namespace}`);
  if (recording) return `${names}: pods, nodes, events and agents follow; a recording has one Mimir, Loki and Tempo`;
  const url = DATABASES.filter((database) => clients.reach(database)?.by === 'url');
  const absent = DATABASES.filter((database) => clients.reach(database) === undefined);
  const titled = (some: typeof url): string => some.map((each) => TITLES[each]).join(', ');
  const stay = url.length > 0 ? `; by URL, and therefore as before: ${titled(url)}` : '';
  const missing = absent.length > 0 ? `; not found there: ${titled(absent)}` : '';
  return `${names}: everything follows${stay}${missing}`;
}

/** Clients that stand for others, which may be changed; who listens to the journal goes on listening. */
function makeStand(first: Clients): { readonly clients: Clients; become(next: Clients): void } {
  let now = first;
  const listeners = new Set<() => void>();
  const ring = (): void => {
    for (const listener of listeners) listener();
  };
  let hush = first.journal.onChange(ring);
  const journal: Journal = {
    entries: () => now.journal.entries(),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return {
    clients: {
      mimir: (tenant) => now.mimir(tenant),
      loki: (tenant) => now.loki(tenant),
      tempo: (tenant) => now.tempo(tenant),
      reach: (component) => now.reach(component),
      journal,
      get mimirAdmin() {
        return now.mimirAdmin;
      },
      get rings() {
        return now.rings;
      },
      get about() {
        return now.about;
      },
      get clusters() {
        return now.clusters;
      },
      get agents() {
        return now.agents;
      },
      get contexts() {
        return now.contexts;
      },
      get header() {
        return now.header;
      },
      get grafana() {
        return now.grafana;
      },
      get sources() {
        return now.sources;
      },
    },
    become(next) {
      hush();
      now = next;
      hush = next.journal.onChange(ring);
    },
  };
}
