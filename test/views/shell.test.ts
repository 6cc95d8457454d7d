import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/domain/result.ts';
import { type AskedOnce, curlOf, logcliOf, promtoolOf, type ShellLine } from '../../src/views/shell.ts';
import { tenantOf } from '../stage.tsx';

const asked = (
  backend: Backend,
  path: string,
  params: readonly (readonly [string, string])[],
  tenant: string | null = 'production-us-east',
): AskedOnce => ({
  source: { backend, place: 'central' },
  tenant: tenant === null ? null : tenantOf(tenant),
  path,
  params,
  headers: {},
});

const lines = asked('loki', '/loki/api/v1/query_range', [
  ['query', `{a="it's"} |= "$(reboot)"`],
  ['start', '1795447231000000000'],
  ['end', '1795448131500000000'],
  ['limit', '1000'],
  ['direction', 'forward'],
]);
const RANGE = '--from=2026-11-23T15:20:31Z --to=2026-11-23T15:35:31.5Z';

const said = (line: ShellLine): string => (line.ok ? line.line : line.because);

describe('logcli', () => {
  test('lines: who, from when to when, how many, in which order', () => {
    expect(said(logcliOf(lines))).toBe(
      `logcli --addr="$LOKI_URL" --org-id='production-us-east' query ${RANGE} --limit=1000 --forward '{a="it'\\''s"} |= "$(reboot)"'`,
    );
  });

  test.each<[string, AskedOnce, string]>([
    [
      'a metric over time has a step with its unit',
      asked('loki', '/loki/api/v1/query_range', [
        ['query', 'rate({a="b"}[1m])'],
        ['step', '15'],
      ]),
      `query --step=15s 'rate({a="b"}[1m])'`,
    ],
    [
      'an instant',
      asked('loki', '/loki/api/v1/query', [
        ['query', 'vector(1)'],
        ['time', '1795448131'],
      ]),
      `instant-query --now=2026-11-23T15:35:31Z 'vector(1)'`,
    ],
    ['names of labels', asked('loki', '/loki/api/v1/labels', []), 'labels'],
    ['values of a label', asked('loki', '/loki/api/v1/label/service_name/values', []), `labels 'service_name'`],
    ['fields', asked('loki', '/loki/api/v1/detected_fields', [['query', '{a="b"}']]), `detected-fields '{a="b"}'`],
  ])('%s', (_name, entry, tail) => {
    expect(said(logcliOf(entry))).toBe(`logcli --addr="$LOKI_URL" --org-id='production-us-east' ${tail}`);
  });

  test('says what it cannot ask', () => {
    expect(said(logcliOf(asked('mimir', '/prometheus/api/v1/query', [])))).toContain('logcli asks Loki only');
    expect(said(logcliOf(asked('loki', '/ring', [])))).toContain('no word for /ring');
  });
});

describe('promtool', () => {
  test('a range: the tenant as a header, Unix times, a step with its unit', () => {
    const entry = asked('mimir', '/prometheus/api/v1/query_range', [
      ['query', `up{a="it's"}`],
      ['start', '1795447231'],
      ['end', '1795448131'],
      ['step', '15'],
    ]);
    expect(said(promtoolOf(entry))).toBe(
      `promtool query range --header='X-Scope-OrgID=production-us-east' --start=1795447231 --end=1795448131 --step=15s "$MIMIR_URL"'/prometheus' 'up{a="it'\\''s"}'`,
    );
  });

  test('an instant is a range of one step, for only that takes a header everywhere', () => {
    const entry = asked('mimir', '/prometheus/api/v1/query', [
      ['query', 'up'],
      ['time', '1795448131'],
    ]);
    expect(said(promtoolOf(entry))).toContain('--start=1795448131 --end=1795448131.001 --step=1s');
  });

  test('says what it cannot ask', () => {
    expect(said(promtoolOf(lines))).toContain('promtool asks Mimir only');
    expect(said(promtoolOf(asked('mimir', '/prometheus/api/v1/series', [['match[]', 'up']])))).toContain('take curl');
    expect(said(promtoolOf(asked('mimir', '/prometheus/api/v1/series', [['match[]', 'up']], null)))).toBe(
      `promtool query series --match='up' "$MIMIR_URL"'/prometheus'`,
    );
  });
});

test('curl: the request as it was, and a control character is spelled out', () => {
  const entry = asked('loki', '/loki/api/v1/query_range', [
    ['query', `{a="it's"}\u001b[2J`],
    ['limit', '5'],
  ]);
  expect(curlOf({ ...entry, headers: { 'x-loki-response-encoding-flags': 'categorize-labels' } })).toBe(
    [
      "curl -sS -G -H 'X-Scope-OrgID: production-us-east' -H 'x-loki-response-encoding-flags: categorize-labels'",
      `--data-urlencode $'query={a="it\\'s"}\\u001b[2J' --data-urlencode 'limit=5'`,
      `"$LOKI_URL"'/loki/api/v1/query_range'`,
    ].join(' '),
  );
});

test('a shell reads each as the words that were meant, and runs nothing of what is in them', () => {
  const line = said(logcliOf(lines)).replace(/^logcli/, "printf '%s\\n'");
  const words = execFileSync('sh', ['-c', line], { encoding: 'utf8', env: { LOKI_URL: 'http://h/x y' } }).split('\n');
  expect(words[0]).toBe('--addr=http://h/x y');
  expect(words.at(-2)).toBe(`{a="it's"} |= "$(reboot)"`);
});
