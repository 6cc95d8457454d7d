import { afterEach, expect, test, vi } from 'vitest';
import { views } from '../../src/views/index.ts';
import { type Connection, startTail } from '../clients/made-tail.ts';
import { type Stage, stage } from '../stage.tsx';

vi.setConfig({ testTimeout: 30_000 });

let opened: { screen: Stage; server: Awaited<ReturnType<typeof startTail>> } | undefined;
afterEach(async () => {
  await opened?.screen.close();
  await opened?.server.stop();
  opened = undefined;
});

/** One message with these lines, each in its own nanosecond. */
const message = (texts: readonly string[], more = {}) => ({
  streams: [
    {
      stream: { service: 'payments' },
      values: texts.map((text, index) => [String(1_795_139_999_000_000_000n + BigInt(index)), text]),
    },
  ],
  ...more,
});

/** A console on the tail of a made Loki. */
async function tailing(
  onOpen: (connection: Connection, number: number) => void,
  upgrades = true,
): Promise<{ screen: Stage; server: Awaited<ReturnType<typeof startTail>> }> {
  const server = await startTail(onOpen, undefined, upgrades);
  const screen = await stage({
    views,
    clients: server.clients,
    tenants: ['north'],
    home: 'logs',
    params: { query: '{service="payments"}', follow: 'yes' },
    columns: 120,
    rows: 30,
    patienceMs: 8000,
  });
  opened = { screen, server };
  return opened;
}

test('a line is on the screen as soon as it is sent; what Loki dropped is said', async () => {
  const connections: Connection[] = [];
  const { screen } = await tailing((connection) => {
    connections.push(connection);
    connection.send(message(['first line']));
  });
  await screen.shows('first line');
  await screen.shows(/tail; 1 line so far/);
  connections[0]?.send(message(['{"level":"error","msg":"it broke"}'], { dropped_entries: [{}, {}, {}] }));
  await screen.shows(/ERR payments +it broke/);
  await screen.shows(/Loki dropped 3/);
});

test('a WebSocket that closes with 1013 is named, the lines stay, and it goes on by itself', async () => {
  const { screen } = await tailing((connection, number) => {
    connection.send(message([`line of connection ${number}`]));
    if (number === 1) setTimeout(() => connection.close(1013, 'try again later'), 200);
  });
  await screen.shows('line of connection 1');
  await screen.shows(/interrupted:.*try again later/);
  expect(screen.text()).toContain('line of connection 1');
  await screen.shows('line of connection 2');
  await screen.hides('interrupted');
  expect(screen.text()).toContain('line of connection 1');
});

test('a window instead of the tail: its lines are asked for, and nothing tails any more', async () => {
  const { screen, server } = await tailing((connection) => connection.send(message(['here'])));
  await screen.shows('here');
  await screen.press('3');
  await screen.hides('so far');
  expect(server.connections).toHaveLength(1);
});
