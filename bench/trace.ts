import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type Figure, figure, percentile, pressRepeatedly, withTerminal } from './measure.ts';

const SPANS = 100_000;
const ROUNDS = 3;
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

/**
 * A made trace of 100,000 spans: how long from `enter` to its rows, against JSON.parse of the same text on the same
 * processor, and how long keys take while it is read and afterwards.
 */
export async function largeTrace(program: string): Promise<readonly Figure[]> {
  const text = madeTrace(SPANS);
  const body = Buffer.from(text);
  let given = 0;
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (!request.url?.startsWith('/api/v2/traces/')) return response.end('{}');
    given += 1;
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opened: number[] = [];
  const parsed: number[] = [];
  const during: number[] = [];
  const after: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      parsed.push(timed(() => JSON.parse(text)));
      await withTerminal(program, ['--tempo-url', url, '--tenant', 'north'], async (terminal) => {
        await terminal.shows('north');
        await terminal.still();
        const shown = terminal.shows(`/${SPANS}`, 30_000).then(() => performance.now());
        terminal.press(`:trace ${TRACE_ID}`);
        await terminal.shows(TRACE_ID);
        const began = performance.now();
        terminal.press('\r');
        // A key that always draws: the help opens and closes.
        let done = false;
        const rows = shown.then((at) => {
          done = true;
          opened.push(at - began);
        });
        while (!done) during.push(...(await pressRepeatedly(terminal, ':', 20, 1)).map(({ milliseconds }) => milliseconds), ...(await pressRepeatedly(terminal, '\u001b', 20, 1)).map(({ milliseconds }) => milliseconds));
        await rows;
        await terminal.still();
        if (round + 1 < ROUNDS) return;
        after.push(...(await pressRepeatedly(terminal, 'j', 30, 150)).map(({ milliseconds }) => milliseconds));
        after.push(...(await pressRepeatedly(terminal, 'k', 30, 150)).map(({ milliseconds }) => milliseconds));
      });
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
  if (given < ROUNDS) throw new Error('the trace was not asked for');
  const [parse, open] = [percentile(parsed, 0.5), percentile(opened, 0.5)];
  const name = `a trace of 100,000 spans (${Math.round(body.length / 1e6)} MB): enter to rows (${Math.round(open)} ms) ÷ JSON.parse (${Math.round(parse)} ms)`;
  return [
    figure(name, open / parse, 4, '×'),
    figure('key to frame while it is read: worst', Math.max(...during), 100, ' ms'),
    figure('cursor key to frame, 100,000 spans: p99', percentile(after, 0.99), 33, ' ms'),
  ];
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
    scopeSpans: [{ spans: Array.from({ length: count }, (_, at) => at).filter((at) => at % services.length === number).map(spanOf) }],
  }));
  return JSON.stringify({ trace: { resourceSpans } });
}
