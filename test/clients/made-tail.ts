import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { makeClients } from '../../src/clients/make.ts';
import { makeNetwork } from '../../src/clients/network.ts';
import { CLOCK } from './server.ts';

/** One connection of a tail, as the server has it. */
export interface Connection {
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  send(message: unknown): void;
  close(code: number, reason?: string): void;
  /** Without a word. */
  cut(): void;
}

/** Made, of what Loki's tail does: a message is a text frame; it closes with a code. Source: RFC 6455; apis.md 3. */
export async function startTail(
  onOpen: (connection: Connection, number: number) => void,
  plain: (request: IncomingMessage) => { status: number; text: string } = () => ({ status: 404, text: 'not found' }),
  upgrades = true,
) {
  const connections: Connection[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { status, text } = plain(request);
    response.writeHead(status).end(text);
  });
  if (upgrades)
    server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
      socket.on('error', () => {});
      const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${createHash('sha1').update(key).digest('base64')}\r\n\r\n`,
      );
      const connection: Connection = {
        query: new URL(request.url ?? '', 'http://loki').searchParams,
        headers: request.headers,
        send: (message) => void socket.write(frame(0x81, Buffer.from(JSON.stringify(message)))),
        close(code, reason = '') {
          const body = Buffer.alloc(2);
          body.writeUInt16BE(code);
          socket.end(frame(0x88, Buffer.concat([body, Buffer.from(reason)])));
        },
        cut: () => void socket.destroy(),
      };
      connections.push(connection);
      onOpen(connection, connections.length);
    });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const network = makeNetwork({
    baseUrl: url,
    headers: { authorization: 'Bearer x' },
  });
  return {
    url,
    network,
    connections,
    asked,
    clients: makeClients({
      exchanges: { loki: { exchange: network, follow: network.follow, place: 'here' } },
      clock: CLOCK,
    }),
    async stop() {
      await network.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function frame(first: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(payload.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}
