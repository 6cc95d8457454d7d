import { describe, expect, test } from 'vitest';
import { type MetricSample, parseExposition } from '../../src/domain/exposition.ts';

const all = (text: string) => parseExposition(text, ['a', 'b', 'm', 'u']);
const one = (line: string): MetricSample | undefined => all(`${line}\n`).samples[0];

describe('a line of /metrics', () => {
  test.each<[string, string, MetricSample]>([
    ['a bare one', 'm_total 3', { name: 'm_total', labels: {}, value: 3 }],
    [
      'labels',
      'm{url="http://h/x",le="+Inf"} 1.5e+09',
      { name: 'm', labels: { url: 'http://h/x', le: '+Inf' }, value: 1.5e9 },
    ],
    ['a comma at the end', 'm{a="1",} 1', { name: 'm', labels: { a: '1' }, value: 1 }],
    ['escapes', String.raw`m{a="q\"b\\s\nn",b="}{"} 1`, { name: 'm', labels: { a: 'q"b\\s\nn', b: '}{' }, value: 1 }],
    [
      'milliseconds of the text format',
      'm 1 1795448090123',
      { name: 'm', labels: {}, value: 1, atUnix: 1795448090.123 },
    ],
    ['seconds of OpenMetrics', 'm 1 1795448090.5', { name: 'm', labels: {}, value: 1, atUnix: 1795448090.5 }],
    [
      'an exemplar',
      'm_bucket{le="1"} 7 # {trace_id="ab # c"} 0.5 1795448090.5',
      { name: 'm_bucket', labels: { le: '1' }, value: 7 },
    ],
    ['infinity', 'm -Inf', { name: 'm', labels: {}, value: Number.NEGATIVE_INFINITY }],
    ['not a number', 'm NaN', { name: 'm', labels: {}, value: Number.NaN }],
    [
      'a name in quotes',
      '{"m.dotted","l.x"="v",b="w"} 2',
      { name: 'm.dotted', labels: { 'l.x': 'v', b: 'w' }, value: 2 },
    ],
    ['empty braces', 'm{} 2', { name: 'm', labels: {}, value: 2 }],
  ])('%s', (_what, line, sample) => {
    expect(one(line)).toEqual(sample);
  });

  test.each(['m', 'm{a="1" 1', 'm{a=1} 1', 'm{a="1"}', 'm x', 'm 0x10', 'm 1 2 3', 'm{"x"="y" "z"="w"} 1', 'm{a} 1'])(
    '%s is left out and counted',
    (line) => {
      const found = all(`${line}\nb 1\n`);
      expect(found.samples.map(({ name }) => name)).toEqual(['b']);
      expect(found.brokenLines).toBe(1);
    },
  );
});

describe('a whole answer', () => {
  test('only what is wanted is read, comments are passed over', () => {
    const text = '# HELP up x\n# TYPE up gauge\nup 1\ngo_threads 3\nprometheus_build_info{version="3"} 1\n';
    expect(parseExposition(text, ['up']).samples).toEqual([{ name: 'up', labels: {}, value: 1 }]);
  });

  test('one that breaks off says so, and the half line is not a number', () => {
    const found = all('m 100\nm{x="y"} 12');
    expect(found).toMatchObject({ samples: [{ value: 100 }], cutOff: true });
  });

  test('OpenMetrics ends with its own mark', () => {
    expect(all('m_total 1\n# EOF').cutOff).toBe(false);
    expect(all('m_total 1\n# EOF\n').cutOff).toBe(false);
    expect(all('').cutOff).toBe(false);
  });

  test('whatever is written is read back (random metrics, both formats)', () => {
    const random = makeRandom(7);
    for (let round = 0; round < 400; round++) {
      const samples = Array.from({ length: 1 + random(6) }, () => randomSample(random));
      const text = samples.map((sample) => written(sample, random)).join('');
      expect(parseExposition(text, ['m']), text).toEqual({ samples, brokenLines: 0, cutOff: false });
    }
  });

  test('garbage is survived, and never read as more samples than there are lines', () => {
    const random = makeRandom(11);
    const pieces = [
      'm',
      '{',
      '}',
      '"',
      '\\',
      '=',
      ',',
      ' ',
      '\n',
      '1',
      'NaN',
      '+Inf',
      '#',
      'é',
      '\u0000',
      'm{a="b"} 1\n',
      'le',
    ];
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: random(40) }, () => pieces[random(pieces.length)]).join('');
      const found = parseExposition(text, ['m', '{']);
      expect(found.samples.length + found.brokenLines).toBeLessThanOrEqual(text.split('\n').length);
      for (const { value } of found.samples) expect(typeof value).toBe('number');
    }
  });

  test('a real answer that is cut anywhere never gains or changes a sample', () => {
    const whole = Array.from(
      { length: 12 },
      (_, index) => `m_bucket{url="http://h",le="${index}"} ${index * 11}\n`,
    ).join('');
    const expected = all(whole).samples;
    for (let length = 0; length <= whole.length; length++) {
      const found = all(whole.slice(0, length)).samples;
      expect(found).toEqual(expected.slice(0, found.length));
    }
  });
});

type Random = (below: number) => number;

/** A small generator with a seed, so that a failure comes again. Source: Numerical Recipes, LCG. */
function makeRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const CHARACTERS = ['a', 'Z', '0', '"', '\\', '\n', '{', '}', ',', '=', ' ', '#', 'é', '→', '𝕏'];
const VALUES = [0, 1, -1, 0.25, 1e21, 1.5e-9, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

function randomSample(random: Random): MetricSample {
  const labels = Object.fromEntries(
    Array.from({ length: random(4) }, (_, index) => [
      `l${index}`,
      Array.from({ length: random(8) }, () => CHARACTERS[random(CHARACTERS.length)]).join(''),
    ]),
  );
  const sample = { name: `m_${'abc'[random(3)]}`, labels, value: VALUES[random(VALUES.length)] ?? 0 };
  return random(3) === 0 ? { ...sample, atUnix: 1_795_448_090 + random(100) } : sample;
}

function written({ name, labels, value, atUnix }: MetricSample, random: Random): string {
  const openMetrics = random(2) === 0;
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${text.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`))}"`,
  );
  const number = Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const time = atUnix === undefined ? '' : ` ${openMetrics ? atUnix : atUnix * 1000}`;
  const exemplar = openMetrics && random(2) === 0 ? ' # {trace_id="ab"} 0.5' : '';
  const braces = pairs.length > 0 || random(2) === 0 ? `{${pairs.join(',')}}` : '';
  return `# TYPE ${name} gauge\n${name}${braces} ${number}${time}${exemplar}\n`;
}
