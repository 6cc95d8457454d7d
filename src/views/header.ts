import type { Probe, SentAs } from '../domain/header-probe.ts';
import { type HeaderVerdict, sayProbe } from '../domain/header-told.ts';
import type { Loaded } from '../domain/result.ts';
import { loadHeader } from './header-load.ts';
import type { HeaderRow } from './header-row.ts';
import { VERDICT_WORDS } from './verdict-words.ts';
import { go, type LoadInput, view } from './view.ts';

/** A way in, or under it one probe and what was answered. */
type HeaderLine = HeaderRow & { readonly evidence?: Probe; readonly nth?: number };

/** Under what is not good; the others have theirs among their details. */
async function* withEvidence(input: LoadInput): AsyncGenerator<Loaded<HeaderLine>> {
  for await (const loaded of loadHeader(input)) {
    const rows = loaded.rows.flatMap((row): HeaderLine[] => {
      const told = evidenceOf(row.probes);
      return row.judged.verdict === 'good'
        ? [row]
        : [row, ...told.map((evidence, nth): HeaderLine => ({ ...row, evidence, nth }))];
    });
    yield { ...loaded, rows };
  }
}

/** Of each sender what tells most: a refusal, else the last that was answered. */
function evidenceOf(probes: readonly Probe[]): readonly Probe[] {
  const asked = probes.filter(({ kind }) => kind !== 'not-recorded');
  const [first] = asked;
  // Who never got there was told the same whoever asked.
  if (first?.kind === 'unreachable' && asked.every(({ said }) => said === first.said)) return [first];
  return [...Map.groupBy(asked, ({ sent, tenant }) => `${sent} ${tenant}`).values()].flatMap(
    (some) => some.find(({ kind }) => kind !== undefined) ?? some.at(-1) ?? [],
  );
}

const sayEntry = ({ entry, user, tenant }: HeaderLine): string =>
  `${entry}${user === undefined ? '' : ` as ${user}`}${tenant?.includes('|') ? ' as a|b' : ''}`;

const sayCause = ({ cause, to }: HeaderVerdict): string => `${cause}${to === undefined ? '' : ` (${to})`}`;

const WHO: Readonly<Record<SentAs, (probe: Probe) => string>> = {
  none: () => 'without a header',
  random: () => 'as nobody',
  expected: ({ tenant }) => `as ${tenant}`,
  default: ({ tenant }) => `as ${tenant}`,
};

/** Is the tenant header missing, and where? Each way in × signal, told from read-only probes. */
export const header = view<HeaderLine>({
  id: 'header',
  aliases: ['whoami', 'hdr', 'orgid'],
  about: 'how each way in treats X-Scope-OrgID: read-only probes, cause and next step',
  everySeconds: 0,
  judges: true,
  tenantless: true,
  flags: [{ flag: 'signal', param: 'signal', about: 'metrics, logs or traces only', value: 'metrics|logs|traces' }],
  load: withEvidence,
  // What was asked and answered stands under its way in, for eyes; a script has it as a field.
  lists: ({ evidence }) => evidence === undefined,
  body: {
    kind: 'table',
    rowId: ({ id, evidence, nth = 0 }) => (evidence ? `${id} ${nth}` : id),
    columns: [
      {
        id: 'entry',
        title: 'WAY IN',
        cell: (row) => (row.evidence ? `  ${WHO[row.evidence.sent](row.evidence)}` : sayEntry(row)),
        tone: ({ evidence }) => (evidence ? 'dim' : 'plain'),
        sortBy: sayEntry,
        letter: 'W',
        keep: 120,
        widthMin: 10,
        widthMax: 44,
        grow: true,
      },
      {
        id: 'signal',
        title: 'SIGNAL',
        cell: ({ signal, evidence }) => (evidence ? '' : signal),
        sortBy: ({ signal }) => signal,
        letter: 'S',
        keep: 115,
        widthMin: 7,
      },
      {
        id: 'verdict',
        title: 'STATE',
        cell: ({ judged, evidence }) => (evidence ? '' : VERDICT_WORDS[judged.verdict]),
        tone: ({ judged, evidence }) => (evidence ? 'plain' : judged.verdict),
        sortBy: ({ judged }) => judged.verdict,
        letter: 'T',
        // Its mark stands at the row's edge anyway.
        keep: 55,
        widthMin: 9,
      },
      {
        id: 'cause',
        title: 'CAUSE',
        cell: ({ judged, evidence }) => (evidence ? String(evidence.status ?? evidence.kind) : sayCause(judged)),
        tone: ({ judged, evidence }) => (evidence ? 'dim' : judged.verdict),
        sortBy: ({ judged }) => sayCause(judged),
        letter: 'C',
        keep: 110,
        widthMin: 16,
        widthMax: 32,
      },
      {
        id: 'because',
        title: 'BECAUSE',
        cell: ({ judged, evidence }) => (evidence ? `${evidence.said}  GET ${evidence.asked}` : judged.because),
        tone: ({ evidence }) => (evidence ? 'dim' : 'plain'),
        sortBy: ({ judged }) => judged.because,
        letter: 'B',
        keep: 90,
        widthMin: 22,
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
  record: (row) => (row.evidence ? probeRecord(row.evidence) : entryRecord(row)),
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

const probeRecord = ({ sent, tenant, asked, status, said }: Probe) => ({
  ...{ sent, tenant, asked, said },
  status: status ?? null,
});

const entryRecord = ({ entry, signal, tenant, user, way, judged, probes }: HeaderRow) => ({
  ...{ entry, signal },
  tenant: tenant ?? null,
  user: user ?? null,
  way: way ?? null,
  verdict: judged.verdict,
  cause: judged.cause,
  to: judged.to ?? null,
  because: judged.because,
  next: judged.next,
  probes: probes.map(probeRecord),
});
