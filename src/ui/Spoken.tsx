import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import type { Console } from '../state/console.ts';
import { spokenLines } from './speech.ts';
import type { Pen } from './theme.ts';
import { useKeys } from './useKeys.ts';

/** The console as plain text from top to bottom, for a screen reader. */
export function Spoken({ console, pen }: { readonly console: Console; readonly pen: Pen }): ReactElement {
  useStore(console.store);
  useKeys(console);
  return (
    <Box flexDirection="column">
      {spokenLines(console, console.scene(), pen).map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line belongs to its place, whatever it says.
        <Text key={place}>{line}</Text>
      ))}
    </Box>
  );
}
