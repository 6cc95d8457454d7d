// A console that tails the made Loki at BENCH_LOKI.
import { makeClients } from '../src/clients/make.ts';
import { makeNetwork } from '../src/clients/network.ts';
import { parseTenant } from '../src/domain/tenant.ts';
import { createConsole } from '../src/state/console.ts';
import { startConsole } from '../src/ui/start.tsx';
import { logs } from '../src/views/logs.ts';

const network = makeNetwork({ baseUrl: process.env.BENCH_LOKI ?? '' });
const clock = { now: () => Date.now() / 1000, said: () => undefined };
const tenant = parseTenant('bench');
const console_ = createConsole({
  views: [logs],
  clients: makeClients({ exchanges: { loki: { exchange: network, follow: network.follow, place: 'bench' } }, clock }),
  clock,
  context: 'bench',
  tenants: tenant.ok ? [tenant.tenant] : [],
  home: 'logs',
  params: { query: '{namespace="bench"}', follow: 'yes' },
  time: { endUnix: Math.floor(clock.now()), live: true },
});
console_.apply({ do: 'toggle', what: 'autoscroll' });
await startConsole(console_, { ascii: false, color: true });
