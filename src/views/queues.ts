import type { QueueRow } from '../domain/queues-sight.ts';
import { queueColumns } from './queues-columns.ts';
import { detailsOf, recordOf } from './queues-details.ts';
import { loadQueues } from './queues-load.ts';
import { go, refuse, view } from './view.ts';

/** Is data being lost, where, and how long have I got? One row a queue of every agent, worst on top. */
export const queues = view<QueueRow>({
  id: 'queues',
  aliases: ['qu', 'rw', 'remote-write'],
  about: 'queues of every agent that sends metrics, logs or traces: lost, held up, behind',
  everySeconds: 15,
  judges: true,
  needsNoTenant: true,
  flags: [
    { flag: 'source', param: 'source', about: 'scrape the agents, ask mimir, or both', value: 'scrape|mimir|both' },
  ],
  load: loadQueues,
  body: { kind: 'table', rowId: (row) => row.id, columns: queueColumns },
  keys: [
    {
      key: 'enter',
      does: 'its way, hop by hop',
      on: (row) => go('write-path', { context: row.context, agent: row.agent, queue: row.id, ...tenantOf(row) }),
    },
    {
      key: 'l',
      does: 'logs of the agent’s namespace',
      on: (row) =>
        row.tenant === undefined
          ? refuse('as whom it sends is not known, so neither is whose logs these are')
          : go('logs', { tenant: row.tenant, namespaces: row.namespace }),
    },
    { key: 'p', does: 'its agent', on: (row) => go('agents', { context: row.context, agent: row.agent }) },
    {
      key: 'm',
      does: 'what is slow for the tenant',
      on: (row) =>
        row.tenant === undefined ? refuse('as whom it sends is not known') : go('slow', { tenant: row.tenant }),
    },
  ],
  record: recordOf,
  origin: (row) => row.origin,
  details: detailsOf,
  crumb: (params) => params.agent ?? params.source ?? '',
});

const tenantOf = (row: QueueRow): { tenant?: string } => (row.tenant === undefined ? {} : { tenant: row.tenant });
