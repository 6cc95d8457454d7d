import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeClients } from '../../src/clients/make.ts';
import { makeNetwork, type Network } from '../../src/clients/network.ts';
import type { Target } from '../../src/clients/target.ts';
import type { Clock } from '../../src/domain/exchange.ts';
import { parseTenant, type Tenant } from '../../src/domain/tenant.ts';

export const CLOCK: Clock = { now: () => 1_795_448_131, said: () => undefined };
export const WINDOW = { startUnix: 1_795_447_231, endUnix: 1_795_448_131 };

export function tenantOf(text: string): Tenant {
  const parsed = parseTenant(text);
  if (!parsed.ok) throw new Error(parsed.because);
  return parsed.tenant;
}

export interface Seen {
  readonly method: string;
  readonly url: string;
  /** As they came, doubles and all. */
  readonly rawHeaders: readonly string[];
}

export interface Server {
  readonly url: string;
  readonly seen: Seen[];
  /** Settles when a connection has been closed. */
  readonly socketClosed: Promise<void>;
  readonly network: Network;
  stop(): Promise<void>;
}

/** A real HTTP server on this machine, that answers as the test says. */
export async function startServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  target: Omit<Target, 'baseUrl'> & { prefix?: string } = {},
): Promise<Server> {
  const seen: Seen[] = [];
  const closed = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders });
    answer(request, response);
  });
  server.on('connection', (socket) => {
    socket.on('close', () => closed.resolve());
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const network = makeNetwork({ ...target, baseUrl: `${url}${target.prefix ?? ''}` });
  return {
    url,
    seen,
    network,
    socketClosed: closed.promise,
    async stop() {
      await network.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Clients whose three backends are this one server. */
export const clientsOn = (server: Server, deadlineMs = 2000) => {
  const reached = { exchange: server.network, place: 'here' };
  return makeClients({ exchanges: { mimir: reached, loki: reached, tempo: reached }, clock: CLOCK, deadlineMs });
};

export const never = (): AbortSignal => new AbortController().signal;
