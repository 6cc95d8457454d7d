import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a floor may import; upward imports do not exist. `type x` allows only `import type`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  clients: ['domain'],
  tape: ['domain'],
  views: ['domain', 'type clients'],
  state: ['domain', 'views', 'type clients'],
  ui: ['domain', 'views', 'state'],
  commands: ['domain', 'views', 'type clients'],
};

/** Where a package may be imported. Packages that are not named here may be imported by any floor. */
const LIVES_IN: Readonly<Record<string, readonly string[]>> = {
  react: ['ui'],
  ink: ['ui'],
  'ink-table': ['ui'],
  'string-width': ['ui', 'commands'],
  zustand: ['state', 'ui'],
  undici: ['clients'],
  '@kubernetes/client-node': ['clients'],
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly typeOnly: boolean;
}

const sources = filesUnder('src').filter((file) => /\.tsx?$/.test(file));
const code = ['src', 'test', 'scripts', 'bench'].flatMap(filesUnder).filter((file) => /\.(tsx?|mjs)$/.test(file));
const imports = sources.flatMap(importsOf);

describe('floors', () => {
  test.each(Object.entries(MAY_IMPORT))('%s imports only downward', (floor, allowed) => {
    const upward = imports.filter(({ file, from, typeOnly }) => {
      if (floorOf(file) !== floor || !from.startsWith('.')) return false;
      const target = floorOf(relative(root, join(root, file, '..', from)));
      return target !== floor && !allowed.includes(target) && !(typeOnly && allowed.includes(`type ${target}`));
    });
    expect(upward).toEqual([]);
  });

  test('no file leads back to itself by what it imports', () => {
    const next = Map.groupBy(
      imports.filter(({ from }) => from.startsWith('.')),
      ({ file }) => file,
    );
    const targets = (file: string): readonly string[] =>
      (next.get(file) ?? []).map(({ from }) =>
        relative(root, join(root, file, '..', from))
          .split(sep)
          .join('/'),
      );
    const done = new Set<string>();
    const circleFrom = (file: string, path: readonly string[]): readonly string[] | undefined => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file)) return undefined;
      for (const target of targets(file)) {
        const circle = circleFrom(target, [...path, file]);
        if (circle !== undefined) return circle;
      }
      done.add(file);
      return undefined;
    };
    expect(sources.flatMap((file) => circleFrom(file, []) ?? [])).toEqual([]);
  });

  test('every folder of src is a floor, or the way in', () => {
    const unknown = new Set(sources.map(floorOf).filter((floor) => !(floor in MAY_IMPORT)));
    expect([...unknown].filter((floor) => !['main', 'config'].includes(floor))).toEqual([]);
  });

  test('a package is imported only where it is at home', () => {
    const strays = imports.filter(({ file, from }) => {
      const homes = LIVES_IN[packageOf(from)];
      return homes !== undefined && !homes.includes(floorOf(file));
    });
    expect(strays).toEqual([]);
  });

  test('what the source imports is a dependency, and every dependency is imported', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const used = imports.map(({ from }) => from).filter((from) => !/^(\.|node:)/.test(from));
    expect([...new Set(used.map(packageOf))].sort()).toEqual(Object.keys(dependencies).sort());
  });
});

describe('shape', () => {
  test('no file is longer than 250 lines, no test with its tables longer than 400', () => {
    const limit = (file: string): number => (file.startsWith('test/') ? 400 : 250);
    expect(code.map((file) => [file, lineCount(file)] as const).filter(([file, lines]) => lines > limit(file))).toEqual(
      [],
    );
  });

  test('no function of the source is longer than 70 lines', () => {
    expect(sources.flatMap(longFunctions)).toEqual([]);
  });

  test('keys are heard in one place', () => {
    expect(sources.filter((file) => /\buse(Input|Paste)\(/.test(read(file)))).toEqual(['src/ui/useKeys.ts']);
    expect(read('src/ui/useKeys.ts').match(/\buseInput\(/g)).toHaveLength(1);
  });

  test('types are forced in one place, and a tenant is branded in one', () => {
    expect(sources.filter((file) => / as (unknown as|never|any)\b/.test(read(file)))).toEqual(['src/views/view.ts']);
    expect(read('src/views/view.ts').match(/ as unknown as /g)).toHaveLength(1);
    expect(sources.filter((file) => / as Tenant\b/.test(read(file)))).toEqual(['src/domain/tenant.ts']);
  });

  test('nothing is exported by default, and no name says nothing', () => {
    expect(
      code.filter(
        (file) => file !== 'vitest.config.ts' && /^export default|export \{[^}]* as default/m.test(read(file)),
      ),
    ).toEqual([]);
    expect(code.filter((file) => /(^|[/-])(utils?|helpers?|misc|common|manager)\./i.test(file))).toEqual([]);
  });

  test('domain is pure: no clock, no chance, no I/O', () => {
    const impure =
      /\bDate\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|\bprocess\.|from 'node:(fs|net|http|child_process)/;
    expect(sources.filter((file) => floorOf(file) === 'domain' && impure.test(read(file)))).toEqual([]);
  });
});

describe('words', () => {
  test('no path of a build machine and no registry host stands in the project', () => {
    const folders = ['work', 'farm', 'tmp/brief', 'tmp/rec'].map((folder) => `(?<![\\w./-])/${folder}/`);
    const stray = new RegExp([...folders, ['registry', '(npmjs|yarnpkg)'].join('\\.')].join('|'));
    expect(filesUnder('.').filter((file) => isText(file) && stray.test(read(file)))).toEqual([]);
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });

  test('the README begins with the two commands', () => {
    const beginning = read('README.md').split('\n').slice(0, 12).join('\n');
    expect(beginning).toContain('npm ci && npm run demo');
    expect(beginning).toContain('npm ci && npm test');
    expect(read('.ci/run')).toContain('npm ci && npm test');
  });

  test('ARCHITECTURE.md is at most 120 lines, a decision record at most 30', () => {
    expect(lineCount('ARCHITECTURE.md')).toBeLessThanOrEqual(120);
    expect(filesUnder('docs/decisions').filter((file) => lineCount(file) > 30)).toEqual([]);
  });

  test('ARCHITECTURE.md says what every dependency is for, and names every folder of src', () => {
    const text = read('ARCHITECTURE.md');
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >;
    expect(
      Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !text.includes(`\`${name}\``)),
    ).toEqual([]);
    expect(
      [...new Set(sources.map(floorOf))].filter((floor) => !new RegExp(`^ {2}${floor}[./]`, 'm').test(text)),
    ).toEqual([]);
  });
});

describe('tools', () => {
  test.each([
    ['what is printed from the code into the documents is up to date', 'node', ['scripts/docs.ts', '--check']],
    ['types hold', 'tsc', ['--noEmit']],
    ['format and lint hold', 'biome', ['check', '--max-diagnostics=20', '.']],
  ])('%s', (_name, tool, args) => {
    expect(run(tool, args)).toBe('fine');
  });
});

function filesUnder(folder: string): readonly string[] {
  const skipped = /^(node_modules|dist|coverage|\.git)(\/|$)/;
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !skipped.test(file))
    .sort();
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

const lineCount = (file: string): number => read(file).trimEnd().split('\n').length;

const isText = (file: string): boolean => !/\.(tape|zst|png|tgz)$/.test(file);

/** The folder below src; `main.ts` and `config.ts` are floors of their own. */
function floorOf(file: string): string {
  return (file.split('/')[1] ?? '').replace(/\.tsx?$/, '');
}

const packageOf = (from: string): string =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');

function importsOf(file: string): readonly Import[] {
  const text = read(file);
  const found = [...text.matchAll(/^(?:import|export)(?: (type)\b)?[\w\s{},*$]*?'([^']+)'/gm)];
  const late = [...text.matchAll(/\bimport\('([^']+)'\)/g)];
  return [
    ...found.map(([, type, from]) => ({ file, from: from ?? '', typeOnly: type === 'type' })),
    ...late.map(([, from]) => ({ file, from: from ?? '', typeOnly: false })),
  ];
}

/**
 * Functions of more than 70 lines, by their indentation, which the formatter guarantees: one ends at the first brace that
 * is as far in. Functions inside a function are counted for themselves, so that a factory may have many short methods.
 */
function longFunctions(file: string): readonly string[] {
  const found = functionsOf(read(file).split('\n'));
  return found.flatMap(({ start, end }) => {
    const inside = found.filter((inner) => inner.start > start && inner.end < end);
    const outermost = inside.filter(
      (inner) => !inside.some((outer) => outer.start < inner.start && outer.end >= inner.end),
    );
    const lines = end - start + 1 - outermost.reduce((sum, inner) => sum + inner.end - inner.start + 1, 0);
    return lines > 70 ? [`${file}:${start + 1} has ${lines} lines`] : [];
  });
}

function functionsOf(lines: readonly string[]): readonly { readonly start: number; readonly end: number }[] {
  return lines.flatMap((line, start) => {
    if (!/(=> [({[]?|\bfunction\b.*|\)(: [^=]*)? \{)$/.test(line)) return [];
    if (/^ *(\} )?(if|for|while|switch|else|try|catch|do)\b/.test(line)) return [];
    const indent = /^ */.exec(line)?.[0] ?? '';
    const end = lines.findIndex(
      (candidate, index) =>
        index > start && candidate.startsWith(indent) && /^[)}\]]/.test(candidate.slice(indent.length)),
    );
    return end < 0 ? [] : [{ start, end }];
  });
}

function run(tool: string, args: readonly string[]): string {
  try {
    const file = tool === 'node' ? process.execPath : join(root, 'node_modules/.bin', tool);
    execFileSync(file, [...args], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
    return 'fine';
  } catch (thrown) {
    const { stdout = '', stderr = '', message } = thrown as { stdout?: string; stderr?: string; message: string };
    return `${stdout}${stderr}`.trim() || message;
  }
}
