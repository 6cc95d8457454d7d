import { describe, expect, test } from 'vitest';
import { consoleLink, shellLink } from '../../src/state/permalink.ts';
import { parseCommand } from '../../src/state/prompt.ts';
import { logs } from '../../src/views/logs.ts';
import { requests } from '../../src/views/requests.ts';
import { trace } from '../../src/views/trace.ts';
import { tenantOf } from '../stage.tsx';

const where = { scope: [], time: { endUnix: 1_795_140_000, live: true }, context: 'central' };
const north = tenantOf('north');

describe('the same screen elsewhere', () => {
  test('as a command: argument, flags, tenant, and the time where it is not now', () => {
    expect(shellLink(trace, { params: { trace: 'ab12', tenant: 'north' }, filter: '' }, where)).toBe(
      'lgtm-tui trace ab12 --tenant north',
    );
    const then = { ...where, scope: [north], time: { endUnix: 1_795_140_000, windowSeconds: 450, live: false } };
    expect(shellLink(logs, { params: { query: `{a="it's"}` }, filter: '' }, then)).toBe(
      `lgtm-tui logs --query '{a="it'\\''s"}' --tenant north --since 7m30s --at 2026-11-20T02:00:00Z`,
    );
  });

  test('none, rather than another screen, where a part of it cannot be said', () => {
    expect(shellLink(logs, { params: { by: 'search' }, filter: '' }, where)).toBeUndefined();
    expect(shellLink(requests, { params: {}, filter: '' }, where)).toBeUndefined();
    expect(consoleLink(logs, { params: { trace: 'ab12' }, filter: '' }, where)).toBeUndefined();
  });

  test('for the command line, which reads it back', () => {
    const link = consoleLink(trace, { params: { trace: 'ab12', tenant: 'north' }, filter: '!calm' }, where) ?? '';
    expect(link).toBe(':trace ab12 north /!calm @central');
    const words = { views: [trace], tenants: ['north'], context: 'central' };
    expect(parseCommand(link, words)).toMatchObject({
      view: 'trace',
      params: { trace: 'ab12' },
      tenant: 'north',
      filter: '!calm',
    });
  });
});
