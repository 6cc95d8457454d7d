import type { Aside } from '../clients/aside.ts';
import type { Reached } from '../clients/make.ts';
import { resolveMoment } from '../config/moment.ts';
import type { Config } from '../config.ts';
import type { Backend } from '../domain/result.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import type { Tape } from '../tape/tape.ts';
import type { Open, Wall } from './opened.ts';

/** Open what the flags name. Fails: with one sentence, and whose fault it is. */
export async function open(config: Config, { running, demoFile, nowUnix, env }: Wall): Promise<Open> {
  const { where } = config;
  switch (where.kind) {
    case 'nothing':
      return { ok: false, because: 'nobody to ask was named', wrong: true };
    case 'demo':
      return openRecording(demoFile, config, running);
    case 'tape':
      return openRecording(where.file, config, running);
    case 'servers':
      return (await import('./open-live.ts')).openLive(where, config, { nowUnix, env, running });
  }
}

async function openRecording(file: string, config: Config, running: boolean): Promise<Open> {
  const [{ openTape }, { makeClients }, { makeAside }] = await Promise.all([
    import('../tape/tape.ts'),
    import('../clients/make.ts'),
    import('../clients/aside.ts'),
  ]);
  let wrongAt: string | undefined;
  const opened = await openTape(file, {
    running,
    at({ fromUnix, toUnix }) {
      if (config.at === undefined) return undefined;
      const at = resolveMoment(config.at, { nowUnix: toUnix, startUnix: fromUnix, utc: config.utc });
      if (!at.ok) wrongAt = at.because;
      else if (at.value < Math.floor(fromUnix) || at.value > Math.ceil(toUnix)) {
        wrongAt = `--at ${rfc3339OfUnix(at.value)} is not on the recording, which runs from ${rfc3339OfUnix(Math.floor(fromUnix))} to ${rfc3339OfUnix(Math.ceil(toUnix))}`;
      } else return at.value;
      return undefined;
    },
  });
  if (!opened.ok) return { ok: false, because: opened.because, wrong: false };
  const { tape } = opened;
  if (wrongAt !== undefined) {
    await tape.close();
    return { ok: false, because: wrongAt, wrong: true };
  }
  const chosen = config.kube && config.kube.contexts.length > 0 ? config.kube.contexts : tape.contexts;
  const shown = showContexts(tape, makeClients, running ? makeAside() : undefined);
  const first = shown(chosen);
  if (!first.ok) await tape.close();
  return first;
}

/** A tape's contexts, some of them chosen; all that show it share it, and the last one closes it. */
function showContexts(
  tape: Tape,
  makeClients: typeof import('../clients/make.ts').makeClients,
  aside: Aside | undefined,
): (contexts: readonly string[]) => Open {
  const { header, exchange, clock } = tape;
  let users = 0;
  const show = (contexts: readonly string[]): Open => {
    const unknown = contexts.find((context) => !tape.contexts.includes(context));
    if (unknown !== undefined) {
      const because = `no context is called "${unknown}" on the recording; it has ${tape.contexts.join(', ') || 'none'}`;
      return { ok: false, because, wrong: true };
    }
    users += 1;
    const reached: Partial<Record<Backend, Reached>> = {};
    for (const backend of header.backends) reached[backend] = { exchange, follow: tape.follow, place: header.context };
    const reachedIn = (context: string) => ({ context, exchange, stream: tape.follow, namespaces: [] });
    return {
      ok: true,
      value: {
        clients: makeClients({
          exchanges: reached,
          clusters: contexts.map(reachedIn),
          otherClusters: tape.contexts.filter((context) => !contexts.includes(context)).map(reachedIn),
          agentsByUrl: tape.agentPlaces.map((place) => ({ place })),
          entries: tape.entries,
          clock,
          aside,
        }),
        clock,
        context: header.context,
        tenants: header.tenants,
        recording: true,
        ...(tape.damage === undefined ? {} : { notice: tape.damage }),
        notes: [],
        reopen: async (others) => show(others),
        close: async () => {
          users -= 1;
          if (users === 0) await tape.close();
          return undefined;
        },
      },
    };
  };
  return show;
}
