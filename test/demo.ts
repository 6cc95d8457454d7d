import { fileURLToPath } from 'node:url';
import { makeClients } from '../src/clients/make.ts';
import type { Answered, Asked, Clock, Exchange } from '../src/domain/exchange.ts';
import type { Backend, Loaded } from '../src/domain/result.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import { openTape, type TapeHeader } from '../src/tape/tape.ts';
import { lastOf } from '../src/views/arrival.ts';
import { views } from '../src/views/index.ts';
import type { LoadInput, Params, View } from '../src/views/view.ts';

export const DEMO_FILE = fileURLToPath(new URL('../demo/incident.tape', import.meta.url));

/** Fourteen minutes of the same night as others recorded it, cut by `scripts/cut-demo.ts`: rounds of 15 s, from calm to limit. */
export const INCIDENT_FILE = fileURLToPath(new URL('./fixtures/incident-cut.tape', import.meta.url));

/** Another system on the same stack, recorded with the program's own recorder: other namespace, services, routes and words. */
export const OTHER_FILE = fileURLToPath(new URL('./fixtures/other-world.tape', import.meta.url));

/** The worst request of the night whose trace is still there, by the exemplars of the slow service. */
export async function worstTrace(opened: Demo, params: Params): Promise<string> {
  const { rows, cursor } = await opened.load('exemplars', params);
  const row = rows.find((one) => viewOf('exemplars').body.rowId(one) === cursor);
  const id = row === undefined ? undefined : viewOf('exemplars').record(row).traceId;
  if (typeof id !== 'string') throw new Error('no living exemplar');
  return id;
}

/** What is laid over the recording, one exchange at a time; undefined: the recording answers. */
export type Overlay = (asked: Asked, signal: AbortSignal) => Promise<Answered> | undefined;

export interface Demo {
  readonly clients: ReturnType<typeof makeClients>;
  readonly clock: Clock;
  readonly tenants: readonly Tenant[];
  load(view: string, params?: Params): Promise<Loaded<unknown>>;
  input(params?: Params): LoadInput;
  readonly header: TapeHeader;
  /** Bytes of the recording that were read so far. */
  bytesRead(): number;
  close(): Promise<void>;
}

/** The bundled recording, standing at its own moment, with faults of the test laid over it at the wire. */
export async function demo(
  overlay: Overlay = () => undefined,
  options: { deadlineMs?: number; atUnix?: number; file?: string } = {},
): Promise<Demo> {
  const opened = await openTape(options.file ?? DEMO_FILE, { running: false, at: () => options.atUnix });
  if (!opened.ok) throw new Error(opened.because);
  const { tape } = opened;
  const exchange: Exchange = (asked, signal) => overlay(asked, signal) ?? tape.exchange(asked, signal);
  const reached = { exchange, follow: tape.follow, place: tape.header.context };
  const exchanges: Partial<Record<Backend, typeof reached>> = {
    mimir: reached,
    loki: reached,
    tempo: reached,
    agent: reached,
  };
  const clients = makeClients({
    exchanges,
    clusters: tape.contexts.map((context) => ({ context, exchange, namespaces: [] })),
    entries: tape.entries,
    clock: tape.clock,
    ...(options.deadlineMs ? { deadlineMs: options.deadlineMs } : {}),
  });
  const input = (params: Params = {}): LoadInput => ({
    clients,
    tenants: tape.header.tenants.filter((tenant) => params.tenant === undefined || params.tenant === tenant),
    params,
    time: { endUnix: Math.floor(tape.clock.now()), live: true },
    nowUnix: tape.clock.now(),
    signal: new AbortController().signal,
  });
  return {
    clients,
    clock: tape.clock,
    tenants: tape.header.tenants,
    input,
    header: tape.header,
    bytesRead: () => tape.bytesRead(),
    load: async (id, params) => {
      const loaded = await lastOf(viewOf(id).load(input(params)));
      if (loaded === undefined) throw new Error(`${id} yielded nothing`);
      return loaded;
    },
    close: () => tape.close(),
  };
}

export function viewOf(id: string): View<unknown> {
  const found = views.find((view) => view.id === id);
  if (found === undefined) throw new Error(`no view ${id}`);
  return found;
}
