import { REDACTED, SECRET_NAME } from './secret-name.ts';

/** `password: …` of YAML, `password = …` of Alloy, TOML and INI: indentation, name with separator, value. */
const SETTING = new RegExp(String.raw`^(\s*(?:- )?)(["']?[\w./-]*?${SECRET_NAME}["']?\s*[:=]\s*)(\S.*)$`, 'i');
/** The same within a line: `{token: "…"}`, `basic_auth { password = "…" }`, JSON. */
const WITHIN = new RegExp(
  String.raw`(${SECRET_NAME}\\?["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&}\])"'{[]+)`,
  'gi',
);
/** A value that only points elsewhere: an environment variable, a file or a Secret that Alloy reads. */
const REFERENCE = /^(?:(?:sys\.)?env\b|\$\{?\w+\}?$|\$\(|(?:local|remote|module|argument|nonsensitive|convert)[.(])/;
/** A value that goes on over the lines below, as far as they stand further in. */
const BLOCK = /^[|>][-+0-9]*\s*(?:#.*)?$/;

/**
 * Configuration without the values of settings that are called like secrets: whole lines, since such a value may have
 * words and spaces. What is left is still YAML, or Alloy's syntax.
 */
export function redactConfig(text: string): string {
  let within: number | undefined;
  const lines = text.split('\n').map((line) => {
    const indent = line.length - line.trimStart().length;
    if (within !== undefined && (line.trim() === '' || indent > within))
      return line.trim() === '' ? line : line.slice(0, indent) + REDACTED;
    const [, before = '', name = '', value = ''] = SETTING.exec(line) ?? [];
    within = name !== '' && BLOCK.test(value) ? before.length : undefined;
    if (within !== undefined) return line;
    return name === '' ? line.replace(WITHIN, redactWithin) : `${before}${name}${redactValue(value)}`;
  });
  return lines.join('\n');
}

const redactWithin = (_all: string, name: string, value: string): string => `${name}${redactValue(value)}`;

/** Quotes stay, and so does what follows them, such as a comma. What is empty or points elsewhere is no secret. */
function redactValue(value: string): string {
  if (REFERENCE.test(value)) return value;
  const [, quote, inside = '', rest = ''] = /^(["'`])((?:[^\\]|\\.)*?)\1(.*)$/.exec(value) ?? [];
  if (quote === undefined) return /^(null|~|true|false|\{|\[|#)/.test(value) ? value : `"${REDACTED}"`;
  return `${quote}${inside === '' ? '' : REDACTED}${quote}${rest}`;
}
