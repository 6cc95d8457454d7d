import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeClients } from '../../src/clients/make.ts';
import { openTape } from '../../src/tape/tape.ts';
import { lastOf } from '../../src/views/arrival.ts';
import { header } from '../../src/views/header.ts';

const FOLDER = process.env.LGTM_TUI_RECORDINGS ?? fileURLToPath(new URL('../../../shared/recordings', import.meta.url));
const FILE = join(FOLDER, 'endpoints-incident.ndjson.zst');

test.skipIf(!existsSync(FILE))(
  'each way in of the recorded night has its cause (skipped without the recording)',
  async () => {
    const opened = await openTape(FILE, { running: false });
    if (!opened.ok) throw new Error(opened.because);
    const { tape } = opened;
    const reached = { exchange: tape.exchange, place: 'central' };
    const clients = makeClients({
      exchanges: { mimir: reached, loki: reached, tempo: reached },
      entries: tape.entries,
      clock: tape.clock,
    });
    const loaded = await lastOf(
      header.load({
        clients,
        tenants: tape.header.tenants.filter((tenant) => tenant === 'production-us-east'),
        params: {},
        time: { endUnix: Math.floor(tape.clock.now()), live: false },
        nowUnix: tape.clock.now(),
        signal: new AbortController().signal,
      }),
    );
    await tape.close();
    const told = (loaded?.rows ?? [])
      .filter((row) => header.lists?.(row))
      .map((row) => header.record(row))
      .map(({ entry, user, signal, cause, verdict, to }) =>
        [entry, user, signal, cause, verdict, to].filter(Boolean).join(' '),
      );
    expect(told).toEqual(
      expect.arrayContaining([
        'plain metrics enforced bad anonymous',
        'plain logs enforced good',
        'plain traces enforced good',
        'defaulting metrics defaulted bad anonymous',
        'basic metrics proxy-auth unknown',
        'basic oncall logs enforced good',
        'user-is-tenant production-us-east traces overridden warn',
        'user-is-tenant oncall metrics overridden warn',
        'user-is-tenant nobody logs proxy-auth unknown',
      ]),
    );
    expect(told.filter((each) => each.includes(' good'))).not.toContainEqual(
      expect.stringMatching(/defaulting|user-is-tenant/),
    );
  },
);
