import { afterAll } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import type { Answered, Asked, Exchange } from '../../src/domain/exchange.ts';
import { openTape } from '../../src/tape/tape.ts';
import { lastOf } from '../../src/views/arrival.ts';
import type { Params } from '../../src/views/view.ts';
import { INCIDENT_FILE, viewOf } from '../demo.ts';

const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

/** Answers instead of the recording, where it gives one. */
export type Overlay = (asked: Asked) => Answered | undefined;

/** A view as a command would load it, so many seconds into a recording. */
export async function at(
  seconds: number,
  id: string,
  params: Params = {},
  file = INCIDENT_FILE,
  overlay: Overlay = () => undefined,
) {
  const opened = await openTape(file, { running: false, at: ({ fromUnix }) => fromUnix + seconds });
  if (!opened.ok) throw new Error(opened.because);
  const { tape } = opened;
  closers.push(() => tape.close());
  const exchange: Exchange = async (asked, signal) => overlay(asked) ?? tape.exchange(asked, signal);
  const reached = { exchange, place: 'central' };
  const nowUnix = tape.clock.now();
  const view = viewOf(id);
  const loaded = await lastOf(
    view.load({
      clients: makeClients({ exchanges: { mimir: reached, loki: reached, tempo: reached }, clock: tape.clock }),
      tenants: tape.header.tenants.filter((tenant) => params.tenant === undefined || tenant === params.tenant),
      params,
      time: { endUnix: Math.floor(nowUnix), live: false },
      nowUnix,
      signal: new AbortController().signal,
    }),
  );
  if (!loaded) throw new Error('nothing was loaded');
  return { view, loaded, nowUnix, startUnix: nowUnix - seconds, rows: loaded.rows.map((row) => view.record(row)) };
}
