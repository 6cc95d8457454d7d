import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type Figure, figure, withTerminal } from './measure.ts';

/** Mimir and Loki answer, Tempo takes every request and says nothing: how long until their rows stand? */
export async function hangingBackend(program: string): Promise<readonly Figure[]> {
  const mimir = await listen((_request, response) => response.end(JSON.stringify(newestSample())));
  const loki = await listen((request, response) => response.end(JSON.stringify(lokiAnswer(request.url ?? ''))));
  const tempo = await listen(() => undefined);
  const urls = ['--mimir-url', mimir.url, '--loki-url', loki.url, '--tempo-url', tempo.url];
  try {
    return await withTerminal(program, [...urls, '--tenant', 'north'], async (terminal) => {
      await terminal.shows('north');
      await terminal.still();
      const began = performance.now();
      terminal.press(':');
      terminal.press('tenants\r');
      await terminal.shows(/north\b.*\d+m?s ago/, 15_000);
      return [figure('Tempo hangs: rows of Mimir and Loki stand after', (performance.now() - began) / 1000, 1, ' s')];
    });
  } finally {
    for (const server of [mimir, loki, tempo]) server.close();
  }
}

async function listen(answer: RequestListener): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

const nowUnix = (): number => Math.floor(Date.now() / 1000);

const newestSample = (): unknown => ({
  status: 'success',
  data: { resultType: 'vector', result: [{ metric: {}, value: [nowUnix(), String(nowUnix() - 4)] }] },
});

function lokiAnswer(url: string): unknown {
  if (/\/labels?\b/.test(url)) return { status: 'success', data: ['namespace', 'service_name'] };
  if (url.includes('detected_fields')) return { fields: [] };
  const line = [`${nowUnix() - 3}000000000`, 'a line', { structuredMetadata: {} }];
  return {
    status: 'success',
    data: {
      resultType: 'streams',
      result: [{ stream: { namespace: 'shop' }, values: [line] }],
      encodingFlags: ['categorize-labels'],
    },
  };
}
