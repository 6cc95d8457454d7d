import { createConsole } from '../../src/state/console.ts';
import { startConsole } from '../../src/ui/start.tsx';
import { loadedOf, loads, madeRows, madeTable, noClients } from '../made-views.ts';

// Programs of their own, so that the product needs no way to break it. `timer` and `promise` are the product itself with a
// bug beside it; `cell` and `crumb` are the console as it is, on a view that has one.
const [where] = process.argv.slice(2);
const table = madeTable(loads(loadedOf(madeRows(20))));
const { body } = table;
if (body.kind !== 'table') throw new Error('the made table is a table');
const broken = (): never => {
  throw new Error('a bug in a view');
};
const buggy = {
  ...table,
  body: where === 'cell' ? { ...body, columns: body.columns.map((column) => ({ ...column, cell: broken })) } : body,
  crumb: where === 'crumb' ? broken : table.crumb,
};
if (where === 'timer' || where === 'promise') {
  process.argv.splice(2, 1, '--replay', 'demo/incident.tape');
  setTimeout(where === 'timer' ? broken : async () => broken(), 1500);
  await import('../../src/main.ts');
}

const console_ = createConsole({
  views: [buggy],
  clients: noClients,
  clock: { now: () => 1_795_140_000, said: () => undefined },
  context: 'made',
  tenants: [],
  home: 'made',
  time: { endUnix: 1_795_140_000, live: true },
});
await startConsole(console_, { ascii: false, color: true });
