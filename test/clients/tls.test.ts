import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import { makeNetwork } from '../../src/clients/network.ts';
import type { TlsOptions } from '../../src/clients/target.ts';
import made from '../fixtures/made-tls.json' with { type: 'json' };
import { faultOf, valueIn } from './scripted.ts';
import { CLOCK, never, tenantOf, WINDOW } from './server.ts';

const server = createServer({ cert: made.cert, key: made.key }, (_, response) => response.end('{"status":"success"}'));
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());

async function ask(scheme: string, host: string, tls: TlsOptions) {
  const port = (server.address() as AddressInfo).port;
  const network = makeNetwork({ baseUrl: `${scheme}://${host}:${port}`, tls });
  const clients = makeClients({ exchanges: { loki: { exchange: network, place: host } }, clock: CLOCK });
  const result = await clients.loki(tenantOf('staging')).labels(WINDOW, never());
  await network.close();
  return result;
}

test('a certificate authority of one’s own', async () => {
  expect(valueIn(await ask('https', 'localhost', { ca: made.cert }))).toEqual([]);
});

test('no check at all, where that was wanted', async () => {
  expect(valueIn(await ask('https', '127.0.0.1', { insecure: true }))).toEqual([]);
});

test.each([
  ['https', 'localhost', {}, /^localhost:\d+ has a self-signed certificate: --ca-file$/],
  ['https', '127.0.0.1', { ca: made.cert }, /^127.0.0.1:\d+: its certificate is for another name$/],
  ['http', '127.0.0.1', {}, /closed the connection without an answer|does not answer in HTTP/],
])('%s://%s %o', async (scheme, host, tls, said) => {
  const fault = faultOf(await ask(scheme, host, tls));
  expect(fault.kind).toBe('unreachable');
  expect(fault.said).toMatch(said);
});
