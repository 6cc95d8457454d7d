import type { ClientsOptions, ClusterReached, Reached } from '../clients/make.ts';
import { type Read, right, wrong } from '../config/read.ts';
import type { Clock } from '../domain/exchange.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Recorder } from '../tape/recorder.ts';

/** A recording that was begun, or none. */
export interface Begun {
  /** The clock tells how the recording is doing. */
  readonly clock: Clock;
  /** What must be said before anything is in it. */
  readonly notice?: string;
  /** The same ways to every server, with all that goes by written down. */
  through<Options extends ClientsOptions>(options: Options): Options;
  /** A last sentence, where there is a recording. */
  close(): Promise<string | undefined>;
}

interface Wanted {
  readonly context: () => string;
  readonly roundSeconds?: number;
  readonly tenants: readonly Tenant[];
  readonly clock: Clock;
  /** Lower-case names: what a credential is in them is looked for in all answers. */
  readonly headers: Readonly<Record<string, string>>;
  /** A console records rounds; a command, one answer. */
  readonly once: boolean;
}

/** Begin `--record FILE`, where it was given. Fails: with a sentence that names the file. */
export async function beginRecording(file: string | undefined, wanted: Wanted): Promise<Read<Begun>> {
  if (file === undefined)
    return right({ clock: wanted.clock, through: (options) => options, close: async () => undefined });
  const { startRecording, warningOf } = await import('../tape/recorder.ts');
  const { context, tenants, clock, once, roundSeconds } = wanted;
  const known = Object.values(wanted.headers).flatMap(secretsIn);
  const started = await startRecording(file, {
    context,
    tenants,
    clock,
    known,
    roundSeconds,
    ...(once ? { opensAt: 'end' } : {}),
  });
  if (!started.ok) return wrong(`cannot record to ${file}: ${started.because}`);
  const { recorder } = started;
  return right({
    clock: { ...clock, recorder },
    notice: warningOf(file),
    through: (options) => recorded(options, recorder),
    close: recorder.close,
  });
}

/** A header's value, its credential without the scheme, and the password in it. */
function secretsIn(value: string): readonly string[] {
  const credential = /^\S+\s+(\S+)$/.exec(value)?.[1] ?? value;
  const basic = /^basic\s/i.test(value) ? Buffer.from(credential, 'base64').toString() : '';
  return [value, credential, basic.slice(basic.indexOf(':') + 1)];
}

function recorded<Options extends ClientsOptions>(options: Options, recorder: Recorder): Options {
  const exchanges = Object.entries(options.exchanges).map(([backend, reached]) => [
    backend,
    reachedBy(reached, recorder),
  ]);
  return {
    ...options,
    exchanges: Object.fromEntries(exchanges),
    clusters: options.clusters?.map((cluster) => clusterBy(cluster, recorder)),
    ...(options.elsewhere ? { elsewhere: elsewhereBy(options.elsewhere, recorder) } : {}),
    agentsByUrl: options.agentsByUrl?.map(({ place, exchange }) => ({
      place,
      ...(exchange ? { exchange: recorder.exchange(exchange) } : {}),
    })),
    // Whoever looks into another context records it too.
    otherClusters: options.otherClusters?.map((cluster) => clusterBy(cluster, recorder)),
  };
}

const elsewhereBy =
  (open: NonNullable<ClientsOptions['elsewhere']>, recorder: Recorder) =>
  (root: string): ReturnType<typeof open> =>
    recorder.exchange(open(root));

const reachedBy = (reached: Reached, recorder: Recorder): Reached => ({
  ...reached,
  exchange: recorder.exchange(reached.exchange),
  ...(reached.follow ? { follow: recorder.follow(reached.follow) } : {}),
  // It is known only once a cluster was looked into.
  get place() {
    return reached.place;
  },
});

const clusterBy = ({ stream, through, ...cluster }: ClusterReached, recorder: Recorder): ClusterReached => ({
  ...cluster,
  exchange: recorder.exchange(cluster.exchange),
  ...(stream ? { stream: recorder.follow(stream) } : {}),
  ...(through
    ? { through: (hop, asked, signal) => recorder.exchange((inner, stop) => through(hop, inner, stop))(asked, signal) }
    : {}),
});
