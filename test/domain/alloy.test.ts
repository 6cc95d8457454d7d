import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blocksIn, parseAlloy } from '../../src/domain/alloy.ts';
import { referencesIn } from '../../src/domain/alloy-value.ts';

const attribute = (text: string) => parseAlloy(`a "b" {\n${text}\n}`).blocks[0]?.attributes.get('x');
const fixture = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');

describe('values', () => {
  test.each<[string, unknown]>([
    ['x = "a\\"b\\n\\u00e9"', { kind: 'text', text: 'a"b\né' }],
    ['x = `a\\n"raw"\nline`', { kind: 'text', text: 'a\\n"raw"\nline' }],
    ['x = "a" + "b"', { kind: 'text', text: 'ab' }],
    ['x = ("a")', { kind: 'text', text: 'a' }],
    ['x = 1.5e3', { kind: 'other', text: '1.5e3' }],
    ['x = true // yes', { kind: 'other', text: 'true' }],
    ['x = /* why */ null', { kind: 'other', text: 'null' }],
    ['x = loki.write.a.receiver', { kind: 'reference', path: 'loki.write.a.receiver' }],
    [
      'x = "spec.nodeName=" + env("HOSTNAME")',
      { kind: 'computed', text: '"spec.nodeName=" + env("HOSTNAME")', references: ['env'] },
    ],
    ['x = remote.kubernetes.secret.s.data["t"]', { kind: 'computed', references: ['remote.kubernetes.secret.s.data'] }],
    ['x = -a.b', { kind: 'computed', references: ['a.b'] }],
    [
      'x = json_path(local.file.a.content, ".t")[0].name',
      { kind: 'computed', references: ['json_path', 'local.file.a.content'] },
    ],
    ['x = [a.b, "c",\n]', { kind: 'list', items: [{ kind: 'reference' }, { kind: 'text' }] }],
    [
      'x = { a = 1, "b.c" = "d"\n e = [] }',
      {
        kind: 'object',
        entries: [
          ['a', { text: '1' }],
          ['b.c', { text: 'd' }],
          ['e', { kind: 'list' }],
        ],
      },
    ],
  ])('%s', (text, value) => {
    expect(attribute(text)).toMatchObject(value as object);
  });

  test('a newline ends an expression', () => {
    const [block] = parseAlloy('a {\n x = b\n -1\n y = "z"\n}').blocks;
    expect(block?.attributes.get('x')).toMatchObject({ kind: 'reference', path: 'b' });
    expect(block?.attributes.get('y')).toMatchObject({ text: 'z' });
  });
});

describe('whole configurations', () => {
  test.each([
    ['alloy-edge-recorded.alloy', 9],
    ['alloy-central-recorded.alloy', 14],
    ['made-k8s-monitoring.alloy', 8],
  ])('%s has no problems and every block', (file, count) => {
    const { blocks, problems } = parseAlloy(fixture(file));
    expect(problems).toEqual([]);
    expect(blocks).toHaveLength(count);
  });

  test('blocks know their lines', () => {
    const { blocks } = parseAlloy(fixture('alloy-edge-recorded.alloy'));
    const write = blocks.find(({ name }) => name === 'prometheus.remote_write');
    expect(write).toMatchObject({ label: 'mimir', line: 27 });
    expect(write && blocksIn(write, 'endpoint')[0]?.line).toBe(28);
    const [source] = blocks.filter(({ name }) => name === 'loki.source.kubernetes');
    expect(source && referencesIn(source.attributes.get('forward_to')!)).toEqual(['loki.process.pod_logs.receiver']);
  });

  test('what is broken costs its own line: the rest still stands', () => {
    const text = 'a "1" {\n x = = 3\n y = "kept"\n}\n???\nb "2" {\n z = [1, 2\n}\nc "3" { }\n}\n';
    const { blocks, problems } = parseAlloy(text);
    expect(blocks.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(blocks[0]?.attributes.get('y')).toMatchObject({ text: 'kept' });
    expect(problems.map(({ line }) => line)).toEqual(expect.arrayContaining([2, 5, 8, 10]));
  });

  test('what is broken is told without the texts in it: one of them may be a password', () => {
    const text =
      'a "1" {\n password = "x" "hunter2"\n url "https://me:hunter2@mimir"\n "hunter2"\n h = { x = 1, "hunter2" }\n}\n';
    const { problems } = parseAlloy(text);
    expect(problems.map(({ line, said }) => `${line} ${said}`)).toEqual([
      '2 password: unexpected text in quotes',
      '4 neither attribute nor block: text in quotes',
      '5 a key was expected, not text in quotes',
    ]);
  });

  test('a file cut anywhere is read up to there', () => {
    const whole = fixture('made-k8s-monitoring.alloy');
    for (let length = 0; length < whole.length; length += 7) {
      const { blocks } = parseAlloy(whole.slice(0, length));
      expect(blocks.length).toBeLessThanOrEqual(8);
    }
  });

  test('brackets without end are no endless loop and no deep fall', () => {
    for (const piece of ['[', '{', '(', 'a {', 'x = [', 'x = {', '!', '-', 'f(', '"', '`', '/*']) {
      const { problems } = parseAlloy(`a { x = ${piece.repeat(20_000)}`);
      expect(problems.length).toBeLessThanOrEqual(20);
    }
  });
});
