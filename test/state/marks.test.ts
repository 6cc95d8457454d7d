import { describe, expect, test } from 'vitest';
import { requests } from '../../src/views/requests.ts';
import { go } from '../../src/views/view.ts';
import { type Made, made, row, typed } from '../made-console.ts';
import { loadedOf, loads, madeTable } from '../made-views.ts';
import { tenantOf } from '../stage.tsx';

const copied = ({ console }: Made): string | undefined => console.store.getState().copied?.text;

describe('space marks', () => {
  test('c then copies the marked rows in the order of the screen, one a line', async () => {
    const opened = await made();
    await opened.press('j', 'space', 'k', 'space', 'c');
    expect(copied(opened)).toBe('north  service-0  0  |\nsouth  service-1  37  |');
    expect(opened.said()).toBe('copied 2 marked rows');
  });

  test('a second space takes the mark away, and c copies the row under the cursor again', async () => {
    const opened = await made();
    await opened.press('space', 'space', 'j', 'c');
    expect(copied(opened)).toContain('service-1');
  });

  test('of marked rows, too, only the chosen column', async () => {
    const opened = await made();
    await opened.press('space', 'j', 'space', 'right', 'right', 'c');
    expect(copied(opened)).toBe('service-0\nservice-1');
  });

  test('a mark stays where a filter hides its row, and when it is sorted away', async () => {
    const opened = await made();
    await opened.press('space', '/', ...typed('service-3'), 'enter', 'space', 'c');
    expect(copied(opened)).toBe('south  service-3  111  |\nnorth  service-0  0  |');
    await opened.press('esc', 'V', 'c');
    expect(copied(opened)).toBe('south  service-3  111  |\nnorth  service-0  0  |');
  });

  test('ctrl-\\ unmarks all; on an empty list there is nothing to mark', async () => {
    const opened = await made();
    await opened.press('space', 'ctrl-\\', 'j', 'c');
    expect(copied(opened)).toContain('service-1');
    const empty = await made([]);
    await empty.press('space');
    expect(empty.said()).toContain('nothing to mark');
  });

  test('where the view gives space another meaning, the view’s wins', async () => {
    const spread = madeTable(loads(loadedOf([row('node-1')])), {
      id: 'spread',
      keys: [{ key: 'space', does: 'this node is lost', on: (each) => go('child', { name: each.name }) }],
    });
    const opened = await made([], { home: 'spread' }, [spread]);
    await opened.press('space');
    expect(opened.path()).toBe('spread child');
  });
});

describe('in the requests, c asks as what', () => {
  const entry = {
    id: 1,
    source: { backend: 'loki' as const, place: 'central' },
    tenant: tenantOf('north'),
    method: 'GET',
    path: '/loki/api/v1/query_range',
    params: [['query', '{a="b"}'] as const],
    sentUnix: 1_795_139_990,
    milliseconds: 3,
    status: 200,
  };
  const clients = { sources: [], journal: { entries: () => [entry], onChange: () => () => undefined } };
  const opened = (): Promise<Made> => made([], { home: 'requests', clients: clients as never }, [requests]);

  test.each([
    ['c', /^curl .*query=/],
    ['l', /^logcli .*--org-id='north' query/],
  ])('%s', async (key, expected) => {
    const requestsScreen = await opened();
    await requestsScreen.press('c', key);
    expect(copied(requestsScreen)).toMatch(expected);
  });

  test('what a tool cannot ask is said; another key chooses nothing; esc goes nowhere', async () => {
    const requestsScreen = await opened();
    await requestsScreen.press('c', 'p');
    expect(requestsScreen.said()).toContain('promtool asks Mimir only');
    await requestsScreen.press('c', 'z');
    expect(requestsScreen.said()).toBe('copy as: c, l, p, not z');
    await requestsScreen.press('c', 'esc');
    expect(requestsScreen.said()).toBeUndefined();
    expect(requestsScreen.path()).toBe('requests');
    expect(copied(requestsScreen)).toBeUndefined();
  });
});
