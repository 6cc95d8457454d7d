import { nearest } from './nearest.ts';
import { type Read, right, wrong } from './read.ts';

/** What the command line can say with a dash. */
export interface KnownFlag {
  readonly name: string;
  readonly short?: string;
  /** Absent for a switch. */
  readonly value?: string;
}

/** A command line in its words, before anybody knows what they mean. */
export interface Words {
  /** Words without a dash, in order. */
  readonly plain: readonly string[];
  /** Values by flag name, in order; a switch has one empty value. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/**
 * Read `--flag value`, `--flag=value`, `-o value`, `-ovalue`, switches, and `--` before words that begin with a dash.
 *
 * Fails: with a sentence that names the flag, and the nearest one where it is not known.
 */
export function readWords(argv: readonly string[], known: readonly KnownFlag[]): Read<Words> {
  const plain: string[] = [];
  const values = new Map<string, string[]>();
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') {
      plain.push(...argv.slice(index + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      plain.push(word);
      continue;
    }
    const flag = readFlag(word, argv[index + 1], known);
    if (!flag.ok) return flag;
    const { name, value, tookNext } = flag.value;
    values.set(name, [...(values.get(name) ?? []), value]);
    if (tookNext) index += 1;
  }
  return right({ plain, values });
}

function readFlag(
  word: string,
  next: string | undefined,
  known: readonly KnownFlag[],
): Read<{ name: string; value: string; tookNext: boolean }> {
  const { dashed, inline } = split(word);
  const flag = known.find((each) => isCalled(each, dashed));
  if (!flag) return wrong(unknownFlag(dashed, known));
  if (flag.value === undefined) {
    return inline === undefined
      ? right({ name: flag.name, value: '', tookNext: false })
      : wrong(`${dashed} is a switch and takes no value`);
  }
  // A value may begin with a dash, as a header's may, unless it is a flag itself.
  const follows = next !== undefined && !known.some((each) => isCalled(each, split(next).dashed)) ? next : undefined;
  const value = inline ?? follows;
  if (value === undefined || value.trim() === '') return wrong(`${dashed} needs a value: ${dashed} ${flag.value}`);
  return right({ name: flag.name, value, tookNext: inline === undefined });
}

const isCalled = ({ name, short }: KnownFlag, dashed: string): boolean =>
  dashed === `--${name}` || (short !== undefined && dashed === `-${short}`);

function split(word: string): { dashed: string; inline?: string } {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    return equals < 0 ? { dashed: word } : { dashed: word.slice(0, equals), inline: word.slice(equals + 1) };
  }
  const rest = word.slice(2);
  return rest === '' || !word.startsWith('-')
    ? { dashed: word }
    : { dashed: word.slice(0, 2), inline: rest.replace(/^=/, '') };
}

function unknownFlag(dashed: string, known: readonly KnownFlag[]): string {
  const names = known.map(({ name }) => name);
  const near = nearest(dashed.replace(/^-+/, ''), names);
  return near === undefined ? `${dashed} is no flag; --help lists them` : `${dashed} is no flag; is it --${near}?`;
}
