import type { ContextEntry } from '../clients/clients.ts';
import { sayNoCluster } from './cluster-rows.ts';
import { go, view } from './view.ts';

/** Contexts of the kubeconfig; entering one shows its stack alone, chosen or not. */
export const contexts = view<ContextEntry>({
  id: 'contexts',
  aliases: ['ctx', 'context'],
  about: 'contexts of the kubeconfig: which are shown, and what stands in each',
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
    { key: 'enter', does: 'what of the stack stands in it', on: (row) => go('stack', { cluster: row.name }) },
    { key: 'p', does: 'its pods', on: (row) => go('pods', { cluster: row.name }) },
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
      row.chosen ? 'yes, in every table of clusters' : 'only when it is entered; --context adds it to every table',
    ],
  ],
  crumb: () => '',
});
