import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { nearest } from './nearest.ts';
import { PROFILE_KEYS, type ProfileKey, SECRET_KEYS } from './profile-keys.ts';
import { type Read, right, wrong } from './read.ts';

/** What one profile says: values by the name of the key, with the line each stands in. */
export interface Said {
  readonly key: ProfileKey;
  readonly values: readonly string[];
  /** Of a secret: `file`, `env` or `command`. */
  readonly from?: string;
  readonly where: string;
}

/** A file's profiles; nothing of a profile that is not used is looked at beyond its shape. */
export interface ProfileFile {
  /** The one that is used where none is named. */
  readonly usual?: string;
  readonly names: readonly string[];
  readonly profiles: ReadonlyMap<string, readonly Said[]>;
}

/** A sentence that is thrown from deep inside and caught at the top of this file only. */
class Mistake extends Error {}

/**
 * Read the text of a configuration file.
 *
 * Fails: with a sentence that names file, line and key, and the nearest key for a typo.
 */
export function parseProfiles(text: string, file: string): Read<ProfileFile> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (node: { range?: readonly number[] | null } | null | undefined): string =>
    `${file}:${lines.linePos(node?.range?.[0] ?? 0).line || 1}`;
  const [broken] = document.errors;
  if (broken) return wrong(`${file}:${lines.linePos(broken.pos[0]).line}: no YAML: ${broken.message.split('\n')[0]}`);
  try {
    return right(fileOf(document.contents, at));
  } catch (thrown) {
    if (thrown instanceof Mistake) return wrong(thrown.message);
    throw thrown;
  }
}

type At = (node: { range?: readonly number[] | null } | null | undefined) => string;
type Entry = { readonly name: string; readonly key: Node; readonly value: Node | null };

function fileOf(contents: Node | null, at: At): ProfileFile {
  if (contents === null) return { names: [], profiles: new Map() };
  const entries = entriesOf(contents, '', at);
  known(entries, ['profile', 'profiles'], '', at);
  const usual = entries.find(({ name }) => name === 'profile');
  const profiles = entries.find(({ name }) => name === 'profiles');
  const read = profiles?.value ? entriesOf(profiles.value, 'profiles', at) : [];
  return {
    ...(usual ? { usual: textOf(usual.value, 'profile', at) } : {}),
    names: read.map(({ name }) => name),
    profiles: new Map(read.map(({ name, value }) => [name, saidOf(value, `profiles.${name}`, PROFILE_KEYS, at)])),
  };
}

function saidOf(node: Node | null, path: string, keys: readonly ProfileKey[], at: At): readonly Said[] {
  if (node === null) return [];
  const entries = entriesOf(node, path, at);
  known(
    entries,
    keys.map(({ name }) => name),
    path,
    at,
  );
  return entries.flatMap((entry): readonly Said[] => {
    const key = keys.find(({ name }) => name === entry.name);
    const here = `${path}.${entry.name}`;
    if (!key) return [];
    if (key.kind === 'group') return saidOf(entry.value, here, key.keys ?? [], at);
    const where = `${at(entry.key)}: ${here}`;
    if (key.kind === 'secret') return [{ key, where, ...secretOf(entry.value, here, at) }];
    return [{ key, where, values: valuesOf(key, entry.value, here, at) }];
  });
}

function valuesOf(key: ProfileKey, node: Node | null, path: string, at: At): readonly string[] {
  switch (key.kind) {
    case 'list':
      if (!isSeq(node)) return [textOf(node, path, at)];
      return node.items.map((item, index) => textOf(item as Node, `${path}[${index}]`, at));
    case 'map':
      return entriesOf(node, path, at).map(({ name, value }) => `${name}=${textOf(value, `${path}.${name}`, at)}`);
    case 'switch':
      if (!isScalar(node) || typeof node.value !== 'boolean')
        throw new Mistake(`${at(node)}: ${path} is true or false`);
      return node.value ? [''] : [];
    default:
      return [textOf(node, path, at)];
  }
}

function secretOf(node: Node | null, path: string, at: At): Pick<Said, 'values' | 'from'> {
  if (!isMap(node))
    throw new Mistake(
      `${at(node)}: ${path} says where the secret is, with file, env or command; the secret itself does not belong here`,
    );
  const entries = entriesOf(node, path, at);
  known(
    entries,
    SECRET_KEYS.map(({ name }) => name),
    path,
    at,
  );
  const [only, second] = entries;
  if (!only || second) throw new Mistake(`${at(node)}: ${path} takes one of file, env and command`);
  return { from: only.name, values: [textOf(only.value, `${path}.${only.name}`, at)] };
}

function entriesOf(node: Node | null, path: string, at: At): readonly Entry[] {
  if (!isMap(node)) throw new Mistake(`${at(node)}: ${path || 'the file'} must hold keys with values`);
  return (node as YAMLMap<Node, Node | null>).items.map(({ key, value }) => ({
    name: isScalar(key) ? String(key.value) : '',
    key,
    value,
  }));
}

function known(entries: readonly Entry[], names: readonly string[], path: string, at: At): void {
  const stray = entries.find(({ name }) => !names.includes(name));
  if (!stray) return;
  const near = nearest(stray.name, names);
  const hint = near ? `is it ${near}?` : `it has ${names.join(', ')}`;
  throw new Mistake(`${at(stray.key)}: ${path ? `${path}.` : ''}${stray.name} is no key; ${hint}`);
}

function textOf(node: Node | null, path: string, at: At): string {
  if (isScalar(node) && (typeof node.value === 'string' || typeof node.value === 'number') && String(node.value) !== '')
    return String(node.value);
  throw new Mistake(`${at(node)}: ${path} must be a text`);
}
