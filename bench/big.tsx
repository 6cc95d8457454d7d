import { parseTenant } from '../src/domain/tenant.ts';
import { createConsole } from '../src/state/console.ts';
import { startConsole } from '../src/ui/start.tsx';
import { go, view } from '../src/views/view.ts';
import { loadedOf, type MadeRow, madeRows, noClients } from '../test/made-views.ts';

// The console as it is, on a table of 100,000 made rows with as many columns as `slow` has.
const ROWS = 100_000;
const number = (row: MadeRow, factor: number): string => String((row.value * factor) % 9973);
const big = view<MadeRow>({
  id: 'big',
  aliases: [],
  about: 'a hundred thousand rows',
  everySeconds: 0,
  async *load() {
    yield loadedOf(madeRows(ROWS));
  },
  body: {
    kind: 'table',
    rowId: (row) => row.id,
    columns: [
      { id: 'tenant', title: 'TENANT', cell: (row) => row.tenant, keep: 90, letter: 'T' },
      { id: 'name', title: 'SERVICE', cell: (row) => row.name, keep: 100, letter: 'S', grow: true, widthMax: 60 },
      {
        id: 'route',
        title: 'ROUTE',
        cell: (row) => `/api/v1/${row.id}`,
        keep: 80,
        letter: 'R',
        grow: true,
        widthMax: 40,
      },
      ...[3, 5, 7, 11].map((factor) => ({
        id: `p${factor}`,
        title: `P${factor}`,
        cell: (row: MadeRow) => `${number(row, factor)}ms`,
        tone: (row: MadeRow) => (row.value > 900 ? ('bad' as const) : ('plain' as const)),
        alignRight: true,
        keep: 60 - factor,
      })),
      {
        id: 'trend',
        title: 'TREND',
        cell: (row) => '▁▂▃▄▅▆▇█'.repeat(2).slice(row.value % 8, (row.value % 8) + 8),
        keep: 10,
      },
    ],
  },
  keys: [{ key: 'enter', does: 'nothing', on: () => go('big', {}) }],
  record: (row) => ({ id: row.id }),
  origin: () => undefined,
  details: (row) => [['name', row.name]],
  crumb: () => '',
});

const tenant = parseTenant('north');
const console_ = createConsole({
  views: [big],
  clients: noClients,
  clock: { now: () => Date.now() / 1000, said: () => undefined },
  context: 'bench',
  tenants: tenant.ok ? [tenant.tenant] : [],
  home: 'big',
  time: { endUnix: Date.now() / 1000, live: true },
});
await startConsole(console_, { ascii: false, color: true });
