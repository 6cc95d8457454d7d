import { expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Exchange } from '../../src/domain/exchange.ts';
import mimir from '../fixtures/mimir-recorded.json' with { type: 'json' };
import { answerOf, faultOf, valueIn } from './scripted.ts';
import { never, tenantOf, WINDOW } from './server.ts';

const US_EAST = tenantOf('production-us-east');
const STAGING = tenantOf('staging');

/** Clients with a clock that the test moves and answers that it gives by hand. */
function byHand() {
  let nowUnix = WINDOW.endUnix;
  const open: { answer: (answered: Answered) => void; signal: AbortSignal }[] = [];
  const exchange: Exchange = (_, signal) => new Promise((answer) => open.push({ answer, signal }));
  const clock = { now: () => nowUnix, said: () => undefined };
  const clients = makeClients({ exchanges: { mimir: { exchange, place: 'here' } }, clock });
  const answerAll = async (answered: Answered): Promise<void> => {
    await Promise.resolve();
    for (const { answer } of open) answer(answered);
  };
  return { clients, open, answerAll, pass: (seconds: number) => (nowUnix += seconds) };
}

const NAMES = answerOf(mimir.labelValues);
const shifted = (seconds: number) => ({ startUnix: WINDOW.startUnix + seconds, endUnix: WINDOW.endUnix + seconds });

test('what exists is asked once for all, and again only after five minutes', async () => {
  const { clients, open, answerAll, pass } = byHand();
  const ask = (window = WINDOW) => clients.mimir(US_EAST).labelValues('service', window, never());
  const both = [ask(), ask()];
  await answerAll(NAMES);
  expect(valueIn(await both[0]!)).toEqual(valueIn(await both[1]!));
  pass(299);
  valueIn(await ask(shifted(299)));
  expect(open).toHaveLength(1);
  pass(1);
  const again = ask(shifted(300));
  await answerAll(NAMES);
  valueIn(await again);
  expect(open).toHaveLength(2);
});

test('another tenant, label, or far-away window is another question', async () => {
  const { clients, open, answerAll } = byHand();
  const all = [
    clients.mimir(US_EAST).labelValues('service', WINDOW, never()),
    clients.mimir(STAGING).labelValues('service', WINDOW, never()),
    clients.mimir(US_EAST).labelValues('pod', WINDOW, never()),
    clients.mimir(US_EAST).labelValues('service', { ...WINDOW, startUnix: 1 }, never()),
  ];
  await answerAll(NAMES);
  await Promise.all(all);
  const then = clients.mimir(US_EAST).labelValues('service', shifted(-3600), never());
  await answerAll(NAMES);
  await then;
  expect(open).toHaveLength(5);
});

test('a fault is not remembered', async () => {
  const { clients, open, answerAll } = byHand();
  const failed = clients.mimir(US_EAST).metadata(never());
  await answerAll({ ok: true, status: 500, headers: {}, text: 'boom', atUnix: 1 });
  expect(faultOf(await failed).said).toBe('boom');
  const again = clients.mimir(US_EAST).metadata(never());
  await answerAll(answerOf(mimir.metadata));
  valueIn(await again);
  expect(open).toHaveLength(2);
});

test('one who leaves does not take the answer from the others; the last who leaves ends the request', async () => {
  const { clients, open, answerAll } = byHand();
  const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
  const left = clients.mimir(US_EAST).labelValues('service', WINDOW, first.signal);
  const stays = clients.mimir(US_EAST).labelValues('service', WINDOW, second.signal);
  first.abort();
  expect(faultOf(await left).kind).toBe('cancelled');
  expect(open[0]?.signal.aborted).toBe(false);
  await answerAll(NAMES);
  valueIn(await stays);

  const alone = clients.mimir(US_EAST).labelValues('pod', WINDOW, third.signal);
  await Promise.resolve();
  third.abort();
  expect(faultOf(await alone).kind).toBe('cancelled');
  expect(open[1]?.signal.aborted).toBe(true);
});
