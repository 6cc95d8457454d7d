import type { Reached } from '../clients/make.ts';
import type { Network } from '../clients/network.ts';
import type { Target } from '../clients/target.ts';
import { resolveMoment } from '../config/moment.ts';
import { type Read, right } from '../config/read.ts';
import { readAccess, readGrafanaToken } from '../config/secrets.ts';
import type { KubeChoice, Server, Where } from '../config/where.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/exchange.ts';
import { sayFault } from '../domain/faults.ts';
import type { Backend } from '../domain/result.ts';
import { openAgents } from './open-agents.ts';
import { makeElsewhere } from './open-elsewhere.ts';
import { NO_CLUSTERS, openClusters } from './open-kube.ts';
import type { Open, Wall } from './opened.ts';
import { beginRecording } from './recording.ts';

type Live = Extract<Where, { kind: 'servers' }>;

/**
 * Servers that answer now: those named by URL, and what the chosen clusters hold.
 *
 * Fails: with one sentence, and whose fault it is. One cluster of several that is down is a gap of its rows, not an end.
 */
export async function openLive(
  live: Live,
  config: Config,
  wall: Pick<Wall, 'nowUnix' | 'env' | 'running'>,
): Promise<Open> {
  const { servers, access, agents = [], kube } = live;
  const { nowUnix, env, running } = wall;
  const secrets = await readAccess(access, env);
  if (!secrets.ok) return { ...secrets, wrong: true };
  const grafanaToken = await readGrafanaToken(access, env);
  if (!grafanaToken.ok) return { ...grafanaToken, wrong: true };
  const at = config.at && resolveMoment(config.at, { nowUnix: nowUnix(), utc: config.utc });
  if (at && !at.ok) return { ok: false, because: `--at ${at.because}`, wrong: true };
  const [{ makeClients }, { userOf }, { makeAside }] = await Promise.all([
    import('../clients/make.ts'),
    import('../clients/identity.ts'),
    import('../clients/aside.ts'),
  ]);
  const byUrl = await openServers(servers, { ...secrets.value, grafana: grafanaToken.value }, env);
  if (!byUrl.ok) return { ...byUrl, wrong: true };
  const agentsByUrl = await openAgents(agents, secrets.value, env);
  if (!agentsByUrl.ok) return { ...agentsByUrl, wrong: true };
  const door = { env, named: backendsOf(servers), headers: secrets.value.headers, grafana: grafanaToken.value };
  const opened = kube ? await openClusters(kube, door) : NO_CLUSTERS;
  if (!opened.ok) return opened;
  const now: Clock = { now: nowUnix, said: () => undefined };
  const context = placeOf(opened.clusters, servers);
  const exchanges = { ...opened.exchanges, ...byUrl.value.exchanges };
  const begun = await beginRecording(config.record, {
    // Where a database stands is known once the clusters were looked into.
    context: () => Object.values(exchanges)[0]?.place ?? context,
    roundSeconds: config.refreshSeconds,
    tenants: config.tenants,
    clock: now,
    headers: { ...secrets.value.headers, ...(grafanaToken.value ? { 'grafana token': grafanaToken.value } : {}) },
    once: config.command.do === 'show',
  });
  if (!begun.ok) return opened.close().then(() => ({ ...begun, wrong: true }));
  const { clock, notice, through, close } = begun.value;
  const elsewhere = makeElsewhere(byUrl.value.exchanges, secrets.value.tls, env);
  const options = {
    exchanges,
    clusters: opened.clusters,
    otherClusters: opened.others,
    agentsByUrl: agentsByUrl.value,
    reach: opened.reach,
    elsewhere: elsewhere.open,
    login: loginOf(secrets.value, userOf(secrets.value)),
    clock,
    aside: running ? makeAside() : undefined,
  };
  const clients = makeClients(through(options));
  const found = await opened.find(clients.clusters);
  if (!found.ok && servers.length === 0 && agents.length === 0 && config.command.do !== 'console') {
    await close();
    await opened.close();
    return { ok: false, because: found.because, wrong: false };
  }
  return {
    ok: true,
    value: {
      clients,
      clock,
      context,
      tenants: [],
      recording: false,
      user: userOf(secrets.value),
      atUnix: at?.value,
      notes: servers.filter(({ said }) => !said.includes(' is the root')).map(({ said }) => said),
      notice,
      reopen: (contexts, namespace) => reopen(live, { contexts, ...(namespace ? { namespace } : {}) }, config, wall),
      close: async () => {
        const last = await close();
        const byUrls = agentsByUrl.value.map(({ exchange }) => exchange);
        await Promise.all([opened, elsewhere, ...byUrl.value.networks, ...byUrls].map((each) => each.close()));
        return last;
      },
    },
  };
}

/** Other contexts of the same kubeconfig; servers named by URL stay. Fails: also where none of them answers. */
async function reopen(
  live: Live,
  wanted: Pick<KubeChoice, 'contexts' | 'namespace'>,
  config: Config,
  wall: Pick<Wall, 'nowUnix' | 'env' | 'running'>,
): Promise<Open> {
  if (config.record !== undefined)
    return { ok: false, because: `${config.record} is a recording of what is shown now: leave first`, wrong: false };
  const kube = { ...live.kube, ...wanted };
  const opened = await openLive({ ...live, kube }, { ...config, command: { do: 'check' } }, wall);
  if (!opened.ok) return opened;
  const { clients, close } = opened.value;
  const surveys = await Promise.all(clients.clusters.map((cluster) => cluster.survey()));
  if (surveys.some(({ origin }) => origin !== undefined)) return opened;
  await close();
  const [fault] = surveys.flatMap(({ gaps }) => gaps);
  return { ok: false, because: fault ? sayFault(fault) : 'no cluster answered', wrong: false };
}

const backendsOf = (servers: readonly Server[]): readonly Backend[] => servers.map(({ backend }) => backend);

/** The contexts, else the first server. */
const placeOf = (clusters: readonly { readonly context: string }[], servers: readonly Server[]): string =>
  clusters.map(({ context }) => context).join(', ') || (servers[0]?.place ?? '');

/** As whom one logs in: who a token is, only its issuer knows. */
const loginOf = ({ headers }: Pick<Target, 'headers'>, user: string | undefined): string | undefined =>
  user ?? (headers?.['authorization'] ? 'who the token is' : undefined);

interface ByUrl {
  readonly exchanges: Partial<Record<Backend, Reached>>;
  readonly networks: readonly Network[];
}

async function openServers(
  servers: readonly Server[],
  { grafana, ...secrets }: Omit<Target, 'baseUrl'> & { readonly grafana?: string },
  env: Wall['env'],
): Promise<Read<ByUrl>> {
  if (servers.length === 0) return right({ exchanges: {}, networks: [] });
  const [{ makeNetwork }, { proxyFor }, { identityOf }] = await Promise.all([
    import('../clients/network.ts'),
    import('../clients/proxy.ts'),
    import('../clients/identity.ts'),
  ]);
  const exchanges: Partial<Record<Backend, Reached>> = {};
  const networks: Network[] = [];
  const identity = identityOf(secrets);
  for (const { backend, baseUrl, place } of servers) {
    const found = proxyFor(baseUrl, env);
    if (!found.ok) return found;
    // Its own token goes to Grafana instead of what the databases want.
    const own = backend === 'grafana' && grafana ? { headers: { ...secrets.headers, authorization: grafana } } : {};
    const exchange = makeNetwork({ ...secrets, ...own, baseUrl, proxy: found.proxy });
    networks.push(exchange);
    exchanges[backend] = { exchange, follow: exchange.follow, place, identity, url: baseUrl };
  }
  return right({ exchanges, networks });
}
