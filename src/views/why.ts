import type { Verdict } from '../domain/result.ts';
import { go, view } from './view.ts';
import { loadWhy, type WhyRow } from './why-load.ts';

const MARK: Readonly<Record<Verdict, string>> = { good: '✓', warn: '▲', bad: '✗', unknown: '?' };

/** What `header` shows: its last rows are the agents' own URLs, with ConfigMap and line. */
const HEADER_HOPS = ['agent-config', 'gateway', 'component'];

/** Why is there no data? The hops from the agent to the screen, up to the one that is broken. */
export const why = view<WhyRow>({
  id: 'why',
  aliases: ['no-data', 'nodata'],
  about: 'why a tenant has no data: the hops from agent to screen, up to the broken one',
  everySeconds: 0,
  judges: true,
  tenantless: true,
  flags: [
    { flag: 'signal', param: 'signal', about: 'metrics (unless said), logs or traces', value: 'metrics|logs|traces' },
  ],
  load: loadWhy,
  body: {
    kind: 'table',
    rowId: ({ hop }) => hop.hop,
    columns: [
      {
        id: 'hop',
        title: 'HOP',
        cell: ({ hop }) => `${MARK[hop.verdict]} ${hop.hop}`,
        tone: ({ hop }) => hop.verdict,
        keep: 120,
        widthMin: 18,
        widthMax: 18,
      },
      {
        id: 'because',
        title: 'WHAT IS SEEN',
        cell: ({ hop }) => hop.because,
        letter: 'W',
        keep: 110,
        widthMin: 30,
        widthMax: 300,
        grow: true,
      },
      {
        id: 'next',
        title: 'NEXT',
        cell: ({ hop }) => (hop.verdict === 'good' ? '' : (hop.next ?? '')),
        tone: () => 'accent',
        letter: 'N',
        keep: 90,
        widthMin: 16,
        widthMax: 200,
        grow: true,
      },
    ],
  },
  keys: [
    {
      key: 'enter',
      does: 'the screen that shows this hop',
      on: ({ hop, tenant, signal }) => {
        if (hop.hop === 'agent-queue') return go('queues', {});
        if (hop.hop === 'limits') return go('limits', { tenant });
        return HEADER_HOPS.includes(hop.hop) ? go('header', { tenant, signal }) : go('tenants', { tenant });
      },
    },
    { key: 'l', does: 'log lines of the tenant that warn or fail', on: ({ tenant }) => go('logs', { tenant }) },
  ],
  record: ({ hop, tenant, signal }) => ({ ...{ tenant, signal }, ...hop }),
  origin: ({ origin }) => origin,
  details: ({ hop, tenant, signal }) => [
    ['hop', hop.hop],
    ['state', `${hop.verdict}: ${hop.cause}`],
    ['what is seen', hop.because],
    ['next', hop.next ?? 'nothing is to be done'],
    ['whose', `${signal} of ${tenant}`],
  ],
  crumb: ({ tenant, signal = 'metrics' }) => [signal, tenant].filter(Boolean).join(' of '),
});
