// A Loki that tails: so many lines a second over one WebSocket, for so many seconds, then it is silent. Prints its port.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

const PER_SECOND = Number(process.argv[2] ?? 10_000);
const SECONDS = Number(process.argv[3] ?? 10);
const EVERY_MS = 20;

const LEVELS = ['info', 'info', 'info', 'info', 'info', 'info', 'info', 'info', 'warn', 'error'];

function message(first: number, count: number): Buffer {
  const values = Array.from({ length: count }, (_, index) => {
    const number = first + index;
    const line = JSON.stringify({
      level: LEVELS[number % LEVELS.length],
      msg: `line ${number} of the flood`,
      duration_ms: (number * 37) % 5000,
      trace_id: number.toString(16).padStart(32, '0'),
    });
    return [String(BigInt(Date.now()) * 1_000_000n + BigInt(number % 1_000_000)), line];
  });
  return frame(JSON.stringify({ streams: [{ stream: { namespace: 'bench', service: 'flood' }, values }] }));
}

function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(10);
  head[0] = 0x81;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

function flood(socket: Socket): void {
  const total = PER_SECOND * SECONDS;
  const beganMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(total, Math.floor(((performance.now() - beganMs) * PER_SECOND) / 1000));
    if (due > sent) socket.write(message(sent, due - sent));
    sent = due;
    if (sent === total) clearInterval(timer);
  }, EVERY_MS);
  socket.on('error', () => clearInterval(timer));
  socket.on('close', () => clearInterval(timer));
}

const server = createServer((_request, response) => response.writeHead(404).end('not found'));
server.on('upgrade', (request, socket: Socket) => {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  flood(socket);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.resume().on('end', () => process.exit());
