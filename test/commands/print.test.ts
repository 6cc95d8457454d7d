import { describe, expect, test } from 'vitest';
import type { Page } from '../../src/commands/answer.ts';
import { printCsv } from '../../src/commands/csv.ts';
import { printJson } from '../../src/commands/json.ts';
import { printMarkdown } from '../../src/commands/markdown.ts';
import { printText } from '../../src/commands/text.ts';
import { answerOf, BODIES, GAP, HOSTILE, loadedOf, tenantOf } from './made-answers.ts';

const PIPE: Page = { ascii: false, color: false, utc: true };
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what must not be there.
const DANGEROUS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]|[\u{e0000}-\u{e007f}]/u;

const ROWS = [
  { id: '1', name: 'checkout', seconds: 4.9, verdict: 'bad' },
  { id: '2', name: '決済サービス', seconds: 12 },
];
const SPANS = [
  { id: 'b', parent: 'a', name: 'charge', seconds: 8, startSeconds: 2, marked: true },
  { id: 'a', name: 'checkout', seconds: 10, marked: true },
  { id: 'c', parent: 'b', name: 'select', seconds: 1, startSeconds: 9 },
  { id: 'd', parent: 'gone', name: 'orphan', seconds: 0 },
];

describe('text', () => {
  test('columns are aligned, wide characters counted as two', () => {
    expect(printText(answerOf(BODIES.table, loadedOf(ROWS)), PIPE)).toBe(
      [
        'NAME          SECONDS  SHY         LAST',
        'checkout          4.9  goes first  is bad',
        '決済サービス       12  goes first',
        '',
      ].join('\n'),
    );
  });

  test('a narrow terminal sheds columns and cuts cells, a pipe loses nothing', () => {
    const long = loadedOf([{ id: '1', name: 'a'.repeat(30), seconds: 4.9, verdict: 'bad' }]);
    expect(printText(answerOf(BODIES.table, long), { ...PIPE, columns: 44 })).toBe(
      `NAME                  SECONDS  LAST\n${'a'.repeat(19)}…      4.9  is bad\n`,
    );
    expect(printText(answerOf(BODIES.table, long), PIPE)).toContain('a'.repeat(30));
    expect(printText(answerOf(BODIES.table, long), { ...PIPE, columns: 200 })).toContain('only on wide screens');
  });

  test('a waterfall hangs spans below their parents and marks the guilty one', () => {
    expect(printText(answerOf(BODIES.waterfall, loadedOf(SPANS, { cursor: 'b' })), PIPE)).toBe(
      [
        '  SPAN        SECONDS  WHEN',
        `  checkout         10  ${'█'.repeat(40)}`,
        `▸   charge          8  ${' '.repeat(8)}${'█'.repeat(32)}`,
        `      select        1  ${' '.repeat(36)}${'─'.repeat(4)}`,
        '  orphan            0  ─',
        '',
      ].join('\n'),
    );
  });

  test('lines carry their whole time, and the marked ones stand out', () => {
    const lines = loadedOf([
      { id: '1', name: 'waiting for a connection', seconds: 0 },
      { id: '2', name: 'connection pool exhausted', seconds: 0, marked: true },
    ]);
    expect(printText(answerOf(BODIES.lines, lines), PIPE)).toBe(
      [
        '  TIME UTC                  LEVEL  WHO       LINE',
        '  2026-11-23T15:33:00.123Z  error  payments  waiting for a connection',
        '▸ 2026-11-23T15:33:00.123Z  error  payments  connection pool exhausted',
        '',
      ].join('\n'),
    );
  });

  test('a report has no titles', () => {
    const report = loadedOf([{ id: 'ring', name: 'one zone to spare', seconds: 0 }]);
    expect(printText(answerOf(BODIES.report, report), PIPE)).toBe('ring  one zone to spare\n');
  });

  test('extras stand above the rows, in words and units', () => {
    const extras = {
      exemplar: null,
      culprit: { service: 'payments', selfSeconds: 4.774, error: true, services: ['a', 'b'] },
      bytes: 12,
    };
    expect(printText(answerOf(BODIES.report, loadedOf([], { extras })), PIPE)).toBe(
      ['exemplar  –', 'culprit   service payments, self 4.77s, error yes, services a b', 'bytes     12', ''].join('\n'),
    );
  });

  test('no rows are no output: why is said elsewhere', () => {
    expect(printText(answerOf(BODIES.table, loadedOf([])), PIPE)).toBe('');
  });

  test('colour only where the page has it', () => {
    const colored = printText(answerOf(BODIES.table, loadedOf(ROWS)), { ...PIPE, color: true });
    expect(colored).toContain('\u001b[1;31mis bad\u001b[0m');
    expect(printText(answerOf(BODIES.table, loadedOf(ROWS)), PIPE)).not.toContain('\u001b');
  });

  test('ASCII is ASCII', () => {
    const text = printText(answerOf(BODIES.waterfall, loadedOf(SPANS, { cursor: 'b' })), { ...PIPE, ascii: true });
    expect(text).toMatch(/^[\n -~]+$/);
    expect(text).toContain('>   charge');
  });

  test('one name of 10,000 characters does not push every row off the screen', () => {
    const rows = loadedOf([
      { id: '1', name: 'x'.repeat(10_000), seconds: 1 },
      { id: '2', name: 'y', seconds: 2 },
    ]);
    const lines = printText(answerOf(BODIES.table, rows), PIPE).split('\n');
    expect(lines[2]?.length).toBeLessThan(140);
  });
});

describe('text from strangers', () => {
  const hostile = loadedOf([{ id: HOSTILE, name: HOSTILE, seconds: 1, verdict: HOSTILE }], {
    extras: { culprit: { service: HOSTILE } },
    note: HOSTILE,
    because: HOSTILE,
  });

  test.each(Object.keys(BODIES) as (keyof typeof BODIES)[])(
    'cannot move a cursor out of a %s, in any format',
    (kind) => {
      const answer = answerOf(BODIES[kind], hostile);
      for (const printed of [
        printText(answer, PIPE),
        printJson(answer, false),
        printCsv(answer, true),
        printMarkdown(answer, PIPE),
      ])
        expect(printed).not.toMatch(DANGEROUS);
    },
  );

  test('adds no line to text or CSV', () => {
    expect(
      printText(answerOf(BODIES.table, loadedOf([{ id: '1', name: HOSTILE, seconds: 1 }])), PIPE).split('\n'),
    ).toHaveLength(3);
    expect(
      printCsv(answerOf(BODIES.table, loadedOf([{ id: '1', name: HOSTILE, seconds: 1 }])), true).split('\n'),
    ).toHaveLength(3);
  });

  test('comes out of JSON as it went in', () => {
    const { rows } = JSON.parse(printJson(answerOf(BODIES.table, hostile), false)) as { rows: { name: string }[] };
    expect(rows[0]?.name).toBe(HOSTILE);
  });

  test('is no image, no link, no HTML and no column of its own in Markdown', () => {
    const printed = printMarkdown(answerOf(BODIES.table, hostile), PIPE);
    expect(printed).not.toMatch(/<img|!\[k\]|[^\\]\]\(|:\/\/|@all/);
    const bare = printed.replaceAll('\\|', '');
    const table = bare.split('\n').filter((line) => line.startsWith('|'));
    expect(table).toHaveLength(3);
    expect(new Set(table.map((line) => line.split('|').length))).toEqual(new Set([6]));
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)'])('%s is no formula in a spreadsheet', (name) => {
    expect(printCsv(answerOf(BODIES.table, loadedOf([{ id: '1', name, seconds: -1 }])), true)).toBe(
      `tenant,name,seconds,verdict\nshop,'${name},-1,\n`,
    );
  });
});

describe('JSON', () => {
  test('is the contract’s envelope', () => {
    const answer = answerOf(
      BODIES.table,
      loadedOf([{ id: '1', name: 'checkout', seconds: Number.NaN }], {
        gaps: [GAP],
        extras: { culprit: null },
        note: 'by search',
      }),
    );
    expect(JSON.parse(printJson(answer, false))).toEqual({
      view: 'made',
      tenant: 'shop',
      at: '2026-11-23T15:33:00Z',
      rows: [{ tenant: 'shop', name: 'checkout', seconds: null, verdict: null }],
      gaps: [
        {
          kind: 'timeout',
          source: 'loki@made',
          tenant: 'shop',
          status: null,
          said: 'no answer within 10 s',
          next: expect.stringContaining('--since'),
        },
      ],
      culprit: null,
      note: 'by search',
    });
  });

  test('several tenants: null above, each row its own', () => {
    const rows = loadedOf([
      { id: '1', name: 'a', seconds: 1 },
      { id: '2', name: 'b', seconds: 1, tenant: 'bank' },
    ]);
    const printed = JSON.parse(printJson(answerOf(BODIES.table, rows, [tenantOf('shop'), tenantOf('bank')]), false));
    expect([printed.tenant, printed.rows[0].tenant, printed.rows[1].tenant]).toEqual([null, 'shop', 'bank']);
  });

  test('is one line where there will be more of them', () => {
    expect(printJson(answerOf(BODIES.table, loadedOf(ROWS)), true).match(/\n/g)).toHaveLength(1);
  });
});

test('CSV has one header, plain numbers, and nested values as JSON', () => {
  const view = {
    ...answerOf(BODIES.table, loadedOf(ROWS)).view,
    record: () => ({ a: 0.5, b: null, c: [1, 2], d: true, e: 'x "y", z' }),
  };
  const answer = { ...answerOf(BODIES.table, loadedOf(ROWS.slice(0, 1))), view };
  expect(printCsv(answer, true)).toBe('tenant,a,b,c,d,e\nshop,0.5,,"[1,2]",true,"x ""y"", z"\n');
  expect(printCsv(answer, false)).toBe('shop,0.5,,"[1,2]",true,"x ""y"", z"\n');
});

test('Markdown keeps the depth of a waterfall and says what it shows', () => {
  const printed = printMarkdown(answerOf(BODIES.waterfall, loadedOf(SPANS, { cursor: 'b' })), PIPE);
  expect(printed).toContain('**made** · shop · 2026-11-23T15:33:00Z');
  expect(printed).toContain('| ▸ | &nbsp;&nbsp;charge | 8 |');
  expect(printMarkdown(answerOf(BODIES.table, loadedOf([], { because: 'no requests_total' })), PIPE)).toContain(
    'no requests_total',
  );
});
