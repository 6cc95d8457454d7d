import type { JournalEntry } from '../clients/journal.ts';
import { sourceKey } from '../domain/result.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import { formatAge, formatBytes } from '../domain/units.ts';
import { curlOf, logcliOf, promtoolOf, type ShellLine } from './shell.ts';
import { type Intent, type LoadInput, refuse, view } from './view.ts';

interface RequestRow extends JournalEntry {
  readonly ageSeconds: number;
}

/** What the console asked, newest first: nothing on a screen without a request here. */
export const requests = view<RequestRow>({
  id: 'requests',
  aliases: ['req', 'journal'],
  about: 'what was asked, of whom, and what came back',
  everySeconds: 2,
  consoleOnly: true,
  load: async function* ({ clients, nowUnix }: LoadInput) {
    const rows = clients.journal
      .entries()
      .map((entry) => ({ ...entry, ageSeconds: Math.max(0, nowUnix - entry.sentUnix) }));
    yield { rows, gaps: [], complete: true, because: rows.length === 0 ? 'nothing was asked yet' : undefined };
  },
  body: {
    kind: 'table',
    rowId: (row) => String(row.id),
    columns: [
      {
        id: 'age',
        title: 'SENT',
        cell: (row) => `${formatAge(row.ageSeconds)} ago`,
        sortBy: (row) => row.ageSeconds,
        alignRight: true,
        letter: 'S',
        keep: 60,
        widthMin: 7,
      },
      {
        id: 'source',
        title: 'SOURCE',
        cell: (row) => sourceKey(row.source),
        letter: 'O',
        keep: 100,
        widthMin: 8,
        widthMax: 20,
      },
      {
        id: 'tenant',
        title: 'TENANT',
        cell: (row) => row.tenant ?? '–',
        letter: 'T',
        keep: 70,
        widthMin: 8,
        widthMax: 24,
      },
      {
        id: 'status',
        title: 'STATUS',
        cell: (row) => (row.fault ? `✗ ${row.fault.kind}` : String(row.status ?? '…')),
        tone: (row) => (row.fault ? 'bad' : 'plain'),
        letter: 'U',
        keep: 110,
        widthMin: 6,
        widthMax: 16,
      },
      {
        id: 'ms',
        title: 'MS',
        cell: (row) => row.milliseconds.toFixed(0),
        sortBy: (row) => row.milliseconds,
        alignRight: true,
        letter: 'M',
        keep: 80,
        widthMin: 5,
      },
      {
        id: 'bytes',
        title: 'SIZE',
        cell: (row) => formatBytes(row.bytes),
        sortBy: (row) => row.bytes,
        alignRight: true,
        letter: 'Z',
        keep: 50,
        widthMin: 7,
      },
      { id: 'what', title: 'ASKED', cell: whatOf, letter: 'A', keep: 105, widthMin: 20, grow: true, widthMax: 300 },
    ],
  },
  keys: [
    {
      key: 'c',
      does: 'copy as curl, logcli or promtool',
      on: (row) => ({
        do: 'choose',
        title: 'copy as',
        choices: [
          { key: 'c', does: 'curl', wants: { do: 'copy', text: curlOf(row) } },
          { key: 'l', does: 'logcli', wants: copied(logcliOf(row)) },
          { key: 'p', does: 'promtool', wants: copied(promtoolOf(row)) },
        ],
      }),
    },
  ],
  record: (row) => ({
    source: sourceKey(row.source),
    tenant: row.tenant,
    method: row.method,
    path: row.path,
    params: row.params.map(([name, value]) => `${name}=${value}`),
    status: row.status ?? null,
    milliseconds: row.milliseconds,
    bytes: row.bytes ?? null,
    at: rfc3339OfUnix(row.sentUnix),
    fault: row.fault?.said ?? null,
  }),
  origin: () => undefined,
  details: (row) => [
    ['source', sourceKey(row.source)],
    ['tenant', row.tenant ?? 'none'],
    ['request', `${row.method} ${row.path}`],
    ...row.params.map(([name, value]): [string, string] => [`  ${name}`, value]),
    ['status', String(row.status ?? 'none')],
    ['answered in', `${row.milliseconds.toFixed(0)} ms`],
    ...(row.fault ? [['fault', `${row.fault.kind}: ${row.fault.said}`] as [string, string]] : []),
  ],
  crumb: () => '',
});

const copied = (shell: ShellLine): Intent => (shell.ok ? { do: 'copy', text: shell.line } : refuse(shell.because));

/** The query where there is one: the path says less. */
function whatOf(row: JournalEntry): string {
  const query = row.params.find(([name]) => name === 'query' || name === 'q' || name === 'match[]')?.[1];
  return query === undefined ? row.path : `${row.path.split('/').at(-1)} ${query}`;
}
