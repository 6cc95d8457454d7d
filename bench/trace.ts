import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { OpenTerminal } from '../test/pty/terminal.ts';
import { type Figure, figure, percentile, pressRepeatedly, withTerminal } from './measure.ts';

const SPANS = 100_000;
const ROUNDS = 3;
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

/**
 * A made trace of 100,000 spans: how long from the answer's last byte to its rows, against JSON.parse of the same text on
 * the same processor, and how long keys take while it is read and afterwards.
 */
export async function largeTrace(program: string): Promise<readonly Figure[]> {
  const text = madeTrace(SPANS);
  const server = await serve(Buffer.from(text));
  const args = ['--tempo-url', server.url, '--tenant', 'north'];
  const opened: { readonly whole: number; readonly read: number }[] = [];
  const parsed: number[] = [];
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const parse = timed(() => JSON.parse(text));
      const open = await withTerminal(program, args, async (terminal) => {
        const began = await openTrace(terminal);
        const shown = performance.now();
        return { whole: shown - began, read: shown - server.sentAt() };
      });
      if (round === 0) continue; // Fills the cache of compiled code.
      parsed.push(parse);
      opened.push(open);
    }
    const { during, after } = await withTerminal(program, args, keysOnTrace);
    const parse = percentile(parsed, 0.5);
    const middle = (of: 'whole' | 'read'): number =>
      percentile(
        opened.map((each) => each[of]),
        0.5,
      );
    const size = `${Math.round(text.length / 1e6)} MB`;
    const name = `100,000 spans (${size}), sent to rows (${Math.round(middle('read'))} ms; from enter ${Math.round(middle('whole'))} ms) ÷ JSON.parse (${Math.round(parse)} ms)`;
    return [
      figure(name, middle('read') / parse, 4, '×'),
      figure('key to frame while it is read: worst', Math.max(...during), 100, ' ms'),
      figure('cursor key to frame, 100,000 spans: p99', percentile(after, 0.99), 33, ' ms'),
    ];
  } finally {
    server.close();
  }
}

/** Opens it; the answer is when `enter` was pressed. */
async function openTrace(terminal: OpenTerminal): Promise<number> {
  await typeTrace(terminal);
  const began = performance.now();
  terminal.press('\r');
  await terminal.shows(ROW, 30_000);
  return began;
}

async function keysOnTrace(terminal: OpenTerminal): Promise<{ during: number[]; after: number[] }> {
  await typeTrace(terminal);
  // Letters of a command line that nobody runs: each draws, whatever stands behind.
  terminal.press('\r');
  terminal.press(':');
  let done = false;
  const rows = terminal.shows(ROW, 30_000).finally(() => {
    done = true;
  });
  const during: number[] = [];
  while (!done) during.push(...(await pressed(terminal, 'x', 20, 1)));
  await rows;
  terminal.press('\u001b');
  await terminal.shows(`/${SPANS}`);
  await terminal.still();
  return { during, after: [...(await pressed(terminal, 'j', 30, 150)), ...(await pressed(terminal, 'k', 30, 150))] };
}

/** A row of the trace; the count of rows hides behind a command line. */
const ROW = /gateway +operation/;

async function typeTrace(terminal: OpenTerminal): Promise<void> {
  await terminal.shows('north');
  await terminal.still();
  terminal.press(`:trace ${TRACE_ID}`);
  await terminal.shows(TRACE_ID);
}

const pressed = async (terminal: OpenTerminal, key: string, perSecond: number, times: number): Promise<number[]> =>
  (await pressRepeatedly(terminal, key, perSecond, times)).map(({ milliseconds }) => milliseconds);

interface Sender {
  readonly url: string;
  /** When the last byte of the last answer was sent. */
  sentAt(): number;
  close(): void;
}

async function serve(body: Buffer): Promise<Sender> {
  let sentAt = 0;
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.on('finish', () => {
      sentAt = performance.now();
    });
    response.end(request.url?.startsWith('/api/v2/traces/') ? body : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sentAt: () => sentAt, close };
}

function timed(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

/** As Tempo says it: spans by service, eight children each, attributes as OpenTelemetry names them. */
function madeTrace(count: number): string {
  const services = ['gateway', 'checkout', 'cart', 'payments', 'inventory', 'shipping', 'users', 'search'];
  const startNanos = 1_795_448_000_000_000_000n;
  const idOf = (at: number): string => {
    const id = Buffer.alloc(8);
    id.writeBigUInt64BE(BigInt(at + 1));
    return id.toString('base64');
  };
  const spanOf = (at: number) => {
    const from = startNanos + BigInt(at) * 20_000n;
    return {
      traceId: 'CvdlGRbNQ92ESOshHIAxnA==',
      spanId: idOf(at),
      ...(at === 0 ? {} : { parentSpanId: idOf((at - 1) >> 3) }),
      name: `operation ${at % 50}`,
      kind: 'SPAN_KIND_SERVER',
      startTimeUnixNano: String(from),
      endTimeUnixNano: String(from + BigInt(1_000_000 + (at % 977) * 1000)),
      attributes: [
        { key: 'http.route', value: { stringValue: `/api/v1/${at % 20}` } },
        { key: 'http.response.status_code', value: { intValue: '200' } },
        { key: 'db.statement', value: { stringValue: `SELECT * FROM items WHERE id = ${at}` } },
        { key: 'thread.id', value: { intValue: String(at % 64) } },
      ],
      status: at % 5000 === 4999 ? { code: 'STATUS_CODE_ERROR', message: 'made to fail' } : {},
    };
  };
  const resourceSpans = services.map((service, number) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [
      {
        spans: Array.from({ length: count }, (_, at) => at)
          .filter((at) => at % services.length === number)
          .map(spanOf),
      },
    ],
  }));
  return JSON.stringify({ trace: { resourceSpans } });
}
