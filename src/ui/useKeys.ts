import { type Key, useInput, usePaste } from 'ink';
import type { Console } from '../state/console.ts';

/** The one place that hears keys. Fast typing arrives as one string: each of its characters is a key. */
export function useKeys(console: Console): void {
  useInput((input, key) => {
    if (key.eventType === 'release') return;
    for (const name of keyNames(input, key)) console.press(name);
  });
  usePaste((text) => console.paste(text));
}

/** Ink's key as the names that `resolveKey` knows. */
export function keyNames(input: string, key: Partial<Key>): readonly string[] {
  const special = specialName(key);
  if (special) return [special];
  if (key.ctrl && /^[a-z]$/.test(input)) return [`ctrl-${input}`];
  if (key.meta) return [];
  return [...input].flatMap(characterName);
}

function specialName(key: Partial<Key>): string | undefined {
  if (key.escape) return 'esc';
  if (key.return) return 'enter';
  if (key.tab) return 'tab';
  if (key.backspace) return 'backspace';
  if (key.delete) return 'delete';
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pgup';
  if (key.pageDown) return 'pgdn';
  if (key.home) return 'home';
  return key.end ? 'end' : undefined;
}

function characterName(character: string): readonly string[] {
  const code = character.codePointAt(0) ?? 0;
  if (code === 13 || code === 10) return ['enter'];
  if (code === 9) return ['tab'];
  if (code === 27) return ['esc'];
  if (code === 127 || code === 8) return ['backspace'];
  if (code === 32) return ['space'];
  if (code === 28) return ['ctrl-\\'];
  if (code < 32) return code >= 1 && code <= 26 ? [`ctrl-${String.fromCharCode(code + 96)}`] : [];
  return [character];
}
