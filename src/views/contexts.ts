import type { ContextEntry } from '../clients/clients.ts';
import { sayNoCluster } from './cluster-rows.ts';
import { go, type Intent, refuse, view } from './view.ts';

/** Contexts of the kubeconfig; entering one puts the whole console on it, `o` and `p` only look into it. */
export const contexts = view<ContextEntry>({
  id: 'contexts',
  aliases: ['ctx', 'context'],
  about: 'contexts of the kubeconfig: which are shown, and the switch to another, which everything follows',
  everySeconds: 0,
  tenantless: true,
  load: async function* ({ clients }) {
    const rows = clients.contexts;
    yield { rows, gaps: [], complete: true, because: rows.length === 0 ? sayNoCluster : undefined };
  },
  body: {
    kind: 'table',
    rowId: (row) => row.name,
    columns: [
      {
        id: 'name',
        title: 'CONTEXT',
        cell: (row) => row.name,
        letter: 'C',
        keep: 120,
        widthMin: 10,
        widthMax: 50,
        grow: true,
      },
      {
        id: 'chosen',
        title: 'SHOWN',
        cell: (row) => (row.chosen ? 'yes' : 'no'),
        tone: (row) => (row.chosen ? 'accent' : 'dim'),
        letter: 'S',
        keep: 110,
        widthMin: 5,
      },
      {
        id: 'namespace',
        title: 'NAMESPACE',
        cell: (row) => row.namespace ?? '',
        letter: 'N',
        keep: 90,
        widthMin: 9,
        widthMax: 24,
      },
      { id: 'user', title: 'USER', cell: (row) => row.user ?? '', letter: 'U', keep: 80, widthMin: 6, widthMax: 40 },
      {
        id: 'server',
        title: 'API SERVER',
        cell: (row) => row.server ?? '',
        letter: 'A',
        keep: 100,
        widthMin: 12,
        widthMax: 80,
        grow: true,
      },
    ],
  },
  keys: [
    {
      key: 'enter',
      does: 'switch to it, everything follows',
      on: (row) => ({ do: 'contexts', contexts: [row.name] }),
    },
    {
      key: 'b',
      does: 'beside the others, or no longer',
      on: (row, { rows }) => beside(row, rows),
    },
    { key: 'o', does: 'only look: its stack', on: (row) => go('stack', { cluster: row.name }) },
    { key: 'p', does: 'only look: its pods', on: (row) => go('pods', { cluster: row.name }) },
  ],
  record: (row) => ({
    cluster: row.name,
    chosen: row.chosen,
    namespace: row.namespace ?? null,
    user: row.user ?? null,
    server: row.server ?? null,
  }),
  origin: () => undefined,
  details: (row) => [
    ['context', row.name],
    ['API server', row.server ?? 'on the recording'],
    ['user', row.user ?? 'not told'],
    ['namespace', row.namespace ?? 'none'],
    [
      'shown',
      row.chosen
        ? 'yes, in every table of clusters'
        : 'no; enter switches to it, b shows it beside the others, as several --context do',
    ],
  ],
  crumb: () => '',
});

/** One central, many remote: the same contexts with this one, or without it. */
function beside(row: ContextEntry, rows: readonly ContextEntry[]): Intent {
  const chosen = rows.filter((each) => each.chosen !== (each.name === row.name)).map(({ name }) => name);
  return chosen.length > 0
    ? { do: 'contexts', contexts: chosen, view: 'contexts' }
    : refuse('it is the only one that is shown');
}
