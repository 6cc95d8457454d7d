import { sayProbe } from '../domain/header-told.ts';
import type { Verdict } from '../domain/result.ts';
import { type HeaderRow, loadHeader } from './header-load.ts';
import { go, view } from './view.ts';

const WORD: Readonly<Record<Verdict, string>> = { good: '✓ good', warn: '▲ warn', bad: '✗ bad', unknown: '? unknown' };

/** Is the tenant header missing, and where? Each way in × signal, told from read-only probes. */
export const header = view<HeaderRow>({
  id: 'header',
  aliases: ['whoami', 'hdr', 'orgid'],
  about: 'how each way in treats X-Scope-OrgID: read-only probes, cause and next step',
  everySeconds: 0,
  judges: true,
  tenantless: true,
  flags: [{ flag: 'signal', param: 'signal', about: 'metrics, logs or traces only', value: 'metrics|logs|traces' }],
  load: loadHeader,
  body: {
    kind: 'table',
    rowId: ({ id }) => id,
    columns: [
      {
        id: 'entry',
        title: 'WAY IN',
        cell: ({ entry, user, tenant }) =>
          `${entry}${user === undefined ? '' : ` as ${user}`}${tenant?.includes('|') ? ' as a|b' : ''}`,
        letter: 'W',
        keep: 120,
        widthMin: 10,
        widthMax: 44,
        grow: true,
      },
      { id: 'signal', title: 'SIGNAL', cell: ({ signal }) => signal, letter: 'S', keep: 115, widthMin: 7 },
      {
        id: 'verdict',
        title: 'STATE',
        cell: ({ judged }) => WORD[judged.verdict],
        tone: ({ judged }) => judged.verdict,
        letter: 'T',
        keep: 112,
        widthMin: 9,
      },
      {
        id: 'cause',
        title: 'CAUSE',
        cell: ({ judged }) => `${judged.cause}${judged.to === undefined ? '' : ` (${judged.to})`}`,
        tone: ({ judged }) => judged.verdict,
        letter: 'C',
        keep: 110,
        widthMin: 16,
        widthMax: 32,
      },
      {
        id: 'because',
        title: 'BECAUSE',
        cell: ({ judged }) => judged.because,
        letter: 'B',
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
      does: 'why there is no data: hop by hop',
      on: ({ signal, tenant }) => go('why', { signal, ...(tenant === undefined ? {} : { tenant }) }),
    },
  ],
  record: ({ entry, signal, tenant, user, way, judged, probes }) => ({
    entry,
    signal,
    tenant: tenant ?? null,
    user: user ?? null,
    way: way ?? null,
    ...{
      verdict: judged.verdict,
      cause: judged.cause,
      to: judged.to ?? null,
      because: judged.because,
      next: judged.next,
    },
    probes: probes.map((probe) => ({
      sent: probe.sent,
      tenant: probe.tenant,
      asked: probe.asked,
      status: probe.status ?? null,
      said: probe.said,
    })),
  }),
  origin: ({ origin }) => origin,
  details: ({ entry, signal, way, judged, probes }) => [
    ['way in', `${entry}${way === undefined ? '' : `, ${way}`}`],
    ['signal', signal],
    ['cause', `${judged.verdict}: ${judged.cause}`],
    ['because', judged.because],
    ['next', judged.next ?? 'nothing is to be done'],
    ...probes.map((probe): [string, string] => [probe.sent, `GET ${probe.asked} ${sayProbe(probe)}`]),
  ],
  crumb: (params) => params.signal ?? '',
});
