import type { EntryPoint } from '../clients/header.ts';
import { judgeFederation } from '../domain/federation.ts';
import { judgeHeader } from '../domain/header.ts';
import { HEADER_SIGNALS, type HeaderSignal } from '../domain/header-probe.ts';
import type { HeaderVerdict } from '../domain/header-told.ts';
import { isDefaultTenant } from '../domain/radar.ts';
import { sayReach } from '../domain/reach.ts';
import type { Loaded, Source } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { asTheyArrive, becauseOfGaps, type Gaps, makeGaps } from './arrival.ts';
import { bothOf, probeBoth } from './federation.ts';
import { loadAgentUrls } from './header-agents.ts';
import { noteGaps, sayMute } from './header-gaps.ts';
import { nobody, probeEntry, tenantOf } from './header-probe.ts';
import type { HeaderRow } from './header-row.ts';
import { silentSince } from './last-seen.ts';
import { NEWEST } from './newest.ts';
import { candidatesFrom } from './stack-counts.ts';
import type { LoadInput } from './view.ts';

/** Tenants that are tried, where none was named, until one holds data. */
const TRIED_MAX = 3;

/** Every way in that is known × signal, then the URLs to which agents send. */
export async function* loadHeader(input: LoadInput): AsyncGenerator<Loaded<HeaderRow>> {
  const gaps = makeGaps();
  const only = input.params.signal;
  const there = input.clients.sources.map(({ backend }) => backend);
  const signals = HEADER_SIGNALS.filter((signal) =>
    only === undefined ? there.length === 0 || there.includes(BACKEND[signal]) : only === signal,
  );
  if (signals.length === 0)
    return yield {
      rows: [],
      gaps: [],
      complete: true,
      because: `--signal is ${HEADER_SIGNALS.join(', ')}, not "${only}"`,
    };
  const rows: HeaderRow[] = [];
  const told = (complete: boolean): Loaded<HeaderRow> => ({
    rows: rows.toSorted(inOrder),
    gaps: gaps.list,
    complete,
    note: noteOf(input, rows),
    because: rows.length > 0 || !complete ? undefined : becauseOfGaps('no way in could be asked', gaps.list),
  });
  const known = input.tenants.length > 0 ? input : { ...input, tenants: await tenantsKnown(input) };
  const tasks = [...signals.map((signal) => loadSignal(known, signal, gaps)), ...loadAgentUrls(known, signals, gaps)];
  for await (const found of asTheyArrive(tasks)) {
    rows.push(...found);
    yield told(false);
  }
  yield told(true);
}

function noteOf({ clients, tenants }: LoadInput, rows: readonly HeaderRow[]): string | undefined {
  const said = [
    rows.length > 0 && tenants.length !== 1 ? `data was looked for as ${namesOf(rows)}; --tenant names another` : [],
    (clients.agents.replays ? sayMute(rows) : undefined) ?? [],
  ].flat();
  return said.length > 0 ? said.join('; ') : undefined;
}

/** Nobody was named: as whom agents say that they send, then those that Mimir lists, the largest first. */
async function tenantsKnown({ clients, signal }: LoadInput): Promise<readonly Tenant[]> {
  const [{ agents }, stats] = await Promise.all([
    clients.agents.fleet(signal),
    clients.mimirAdmin.allUserStats(signal),
  ]);
  const sent = agents.flatMap(({ config }) =>
    (config?.endpoints ?? []).flatMap(({ tenant }) => (tenant.state === 'set' ? (tenantOf(tenant.tenant) ?? []) : [])),
  );
  const listed = candidatesFrom([], stats.ok ? stats.value : []).filter((tenant) => !isDefaultTenant(tenant));
  return [...new Set([...sent, ...listed])];
}

const namesOf = (rows: readonly HeaderRow[]): string =>
  [...new Set(rows.flatMap(({ tenant }) => (tenant === undefined || tenant.includes('|') ? [] : tenant)))].join(', ');

const inOrder = (left: HeaderRow, right: HeaderRow): number =>
  rank(left) - rank(right) ||
  HEADER_SIGNALS.indexOf(left.signal) - HEADER_SIGNALS.indexOf(right.signal) ||
  (left.id < right.id ? -1 : 1);

/** The way all questions take first, what agents are told to use last. */
const rank = ({ entry, ofAgents }: HeaderRow): number => (entry === 'plain' ? 0 : ofAgents ? 2 : 1);

/** The plain way first: what it proves of the server tells what the others do. */
async function loadSignal(input: LoadInput, signal: HeaderSignal, gaps: Gaps): Promise<readonly HeaderRow[]> {
  const [plain, ...others] = input.clients.header.entries(signal);
  if (plain === undefined) return [];
  const first = await loadEntry(input, plain, undefined, gaps);
  const [both, ...rest] = await Promise.all([
    askBoth(input, first),
    ...others.map((entry) => loadEntry(input, entry, first.judged.cause, gaps)),
  ]);
  return [first, ...(both ? [both] : []), ...rest.flatMap((row) => row ?? [])];
}

/** Of several tenants: are two of them answered at once? Nothing is wrong where they are not, but it must be known. */
async function askBoth(input: LoadInput, plain: HeaderRow): Promise<HeaderRow | undefined> {
  const both = bothOf(input.tenants);
  const probe = await probeBoth(input, plain.signal, both);
  if (both === undefined || probe === undefined || probe.kind === 'not-recorded') return undefined;
  const { state, said } = judgeFederation(plain.signal, probe);
  const judged: HeaderVerdict = {
    cause: state === 'off' ? 'federation-off' : state === 'on' ? 'enforced' : 'unknown',
    verdict: state === 'on' ? 'good' : state === 'off' ? 'warn' : 'unknown',
    because: state === 'off' ? `${both}: ${said}` : said,
    next: state === 'off' ? 'name one tenant at a time: --tenant A --tenant B asks both, one by one' : null,
  };
  return { ...plain, id: `${plain.id} ${both}`, tenant: both, probes: [probe], judged };
}

/** As the first tenant that is not unknown there. */
async function loadEntry(
  input: LoadInput,
  entry: EntryPoint,
  behind: HeaderVerdict['cause'] | undefined,
  gaps: Gaps,
): Promise<HeaderRow> {
  const [first, ...others] = input.tenants.slice(0, input.params.tenant === undefined ? TRIED_MAX : 1);
  let row = await askEntry(input, entry, first, behind);
  for (const other of others) {
    if (row.judged.cause !== 'unknown-tenant') break;
    row = await askEntry(input, entry, other, behind);
  }
  noteGaps(row.judged, row, sourceOf(input, entry), gaps);
  return entry.name === 'plain' ? withSilence(input, row) : row;
}

async function askEntry(
  input: LoadInput,
  entry: EntryPoint,
  expected: Tenant | undefined,
  behind: HeaderVerdict['cause'] | undefined,
): Promise<HeaderRow> {
  const { clients, signal, nowUnix } = input;
  const { name, reach, login } = entry;
  const user = entry.user ?? login;
  const whose = { expected, random: nobody(clients.header) };
  const { probes, origin } = await probeEntry(clients.header, entry, whose, signal);
  const about = { entry: user === undefined ? name : `${name} as ${user}`, probes, expected, user, behind };
  const judged = judgeHeader(about);
  const knownBy = judged.cause === 'unknown-tenant' ? await whoKnows(input, entry.signal, expected) : undefined;
  const asked = probes[0]?.asked ?? '';
  return {
    id: `${entry.component} ${user ?? ''} ${entry.signal}`,
    ...{ entry: name, signal: entry.signal, tenant: expected, user, probes },
    ...(reach === undefined ? {} : { way: sayReach(reach) }),
    judged: knownBy === undefined ? judged : judgeHeader({ ...about, knownBy }),
    origin: origin ?? { source: sourceOf(input, entry), tenant: null, atUnix: nowUnix, path: asked, asked: '' },
  };
}

/** Who is let in and holds something, or is known, may have fallen silent. */
async function withSilence(input: LoadInput, row: HeaderRow): Promise<HeaderRow> {
  const { tenant, signal, judged, probes, entry } = row;
  if (tenant === undefined) return row;
  if (judged.cause === 'unknown-tenant') return withNewest(input, row, tenant);
  if (!['enforced', 'silent'].includes(judged.cause)) return row;
  const since = await silentSince(input, tenant, signal);
  if (since === undefined) return row;
  const knownBy = judged.cause === 'silent' ? await whoKnows(input, signal, tenant) : undefined;
  return { ...row, judged: judgeHeader({ entry, probes, expected: tenant, knownBy, silentSince: since }) };
}

/** Labels and tags may be forgotten, or not yet known, where there is data all the same. */
async function withNewest(input: LoadInput, row: HeaderRow, tenant: Tenant): Promise<HeaderRow> {
  const { unix } = await NEWEST[row.signal](input, tenant, makeGaps());
  if (unix === undefined) return row;
  const because = `${row.entry} refuses a missing header, and gives ${tenant} its own`;
  return { ...row, judged: { cause: 'enforced', verdict: 'good', because, next: null } };
}

const BACKEND = { metrics: 'mimir', logs: 'loki', traces: 'tempo' } as const;

function sourceOf({ clients }: LoadInput, { signal }: EntryPoint): Source {
  const backend = BACKEND[signal];
  return clients.sources.find((source) => source.backend === backend) ?? { backend, place: 'none' };
}

/** By what a tenant is known that holds nothing. Only Mimir tells of its tenants. */
async function whoKnows(
  { clients, signal }: LoadInput,
  about: HeaderSignal,
  tenant: Tenant | undefined,
): Promise<string | undefined> {
  if (tenant === undefined || about !== 'metrics') return undefined;
  const [stats, overrides] = await Promise.all([
    clients.mimirAdmin.allUserStats(signal),
    clients.mimirAdmin.overrides(signal),
  ]);
  if (stats.ok && stats.value.some((each) => each.tenant === tenant)) return 'the distributor’s all_user_stats';
  return overrides.ok && overrides.value.has(tenant) ? 'its runtime overrides' : undefined;
}
