import type { Loaded, Verdict } from '../domain/result.ts';
import { go, type LoadInput, view } from './view.ts';
import { loadWhy, type WhyRow } from './why-load.ts';

const MARK: Readonly<Record<Verdict, string>> = { good: '✓', warn: '▲', bad: '✗', unknown: '?' };

/** What `header` shows: its last rows are the agents' own URLs, with ConfigMap and line. */
const HEADER_HOPS = ['agent-config', 'gateway', 'component'];

/** A hop, or under it what to do about it. */
type WhyLine = WhyRow & { readonly isNext?: true };

async function* withNext(input: LoadInput): AsyncGenerator<Loaded<WhyLine>> {
  for await (const loaded of loadWhy(input)) {
    const rows = loaded.rows.flatMap((row): WhyLine[] =>
      row.hop.verdict === 'good' || row.hop.next === null ? [row] : [row, { ...row, isNext: true }],
    );
    yield { ...loaded, rows };
  }
}

/** Why is there no data? The hops from the agent to the screen, up to the one that is broken. */
export const why = view<WhyLine>({
  id: 'why',
  aliases: ['no-data', 'nodata'],
  about: 'why a tenant has no data: the hops from agent to screen, up to the broken one',
  everySeconds: 0,
  judges: true,
  tenantless: true,
  oneTenant: true,
  flags: [
    { flag: 'signal', param: 'signal', about: 'metrics (unless said), logs or traces', value: 'metrics|logs|traces' },
  ],
  load: withNext,
  body: {
    kind: 'report',
    rowId: ({ hop, isNext }) => `${hop.hop}${isNext ? ' next' : ''}`,
    label: ({ hop, isNext }) => (isNext ? '  next' : `${MARK[hop.verdict]} ${hop.hop}`),
    text: ({ hop, isNext }) => (isNext ? (hop.next ?? '') : hop.because),
    tone: ({ hop, isNext }) => (isNext ? 'accent' : hop.verdict === 'good' ? 'plain' : hop.verdict),
  },
  // What to do stands under its hop, for eyes; a script has it as a field.
  lists: ({ isNext }) => isNext !== true,
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
