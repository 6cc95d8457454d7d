import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import made from '../fixtures/made-tls.json' with { type: 'json' };

/**
 * An API server's WebSocket port-forward in front of a port of this machine.
 * Source: RFC 6455; kubelet cri/streaming/portforward/websocket.go (channels, the port in front of each).
 */
export async function startForwarder(toPort: number, refuse?: string, otherwise?: RequestListener) {
  const asked: { url: string; protocol: string; authorization: string }[] = [];
  const server = createServer({ cert: made.cert, key: made.key }, otherwise);
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(/, */);
    asked.push({
      url: request.url ?? '',
      protocol: offered.join(),
      authorization: String(request.headers.authorization ?? ''),
    });
    if (refuse === 'forbidden') return socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\nsec-websocket-protocol: v4.channel.k8s.io\r\n\r\n`,
    );
    const port = Buffer.alloc(2);
    port.writeUInt16LE(toPort % 65_536);
    socket.write(frame(0, port));
    socket.write(frame(1, port));
    if (refuse !== undefined) socket.write(frame(1, Buffer.from(refuse)));
    forward(socket, toPort);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(socket: Socket, toPort: number): void {
  const target = connect(toPort, '127.0.0.1');
  let buffered = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (let read = unframe(buffered); read; read = unframe(buffered)) {
      buffered = buffered.subarray(read.length);
      if (read.opcode === 8) return void target.end();
      if (read.opcode === 2 && read.payload[0] === 0) target.write(read.payload.subarray(1));
    }
  });
  target.on('data', (chunk: Buffer) => socket.write(frame(0, chunk)));
  target.on('end', () => socket.end(Buffer.from([0x88, 0])));
  for (const each of [socket, target]) each.on('error', () => {});
  socket.on('close', () => target.destroy());
}

/** One binary message on a channel, as a server sends it. */
function frame(channel: number, body: Buffer): Buffer {
  const payload = Buffer.concat([Buffer.from([channel]), body]);
  const head =
    payload.length < 126 ? Buffer.from([0x82, payload.length]) : Buffer.alloc(payload.length < 65_536 ? 4 : 10);
  if (payload.length >= 126) {
    head[0] = 0x82;
    head[1] = payload.length < 65_536 ? 126 : 127;
    if (payload.length < 65_536) head.writeUInt16BE(payload.length, 2);
    else head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** One masked frame of a client, whole or not at all. */
function unframe(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | undefined {
  if (bytes.length < 6) return undefined;
  const short = (bytes[1] ?? 0) & 127;
  const at = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < at + 4) return undefined;
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const length = at + 4 + size;
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(at, at + 4);
  const payload = Buffer.from(bytes.subarray(at + 4, length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return { opcode: (bytes[0] ?? 0) & 15, payload, length };
}
