import { Text } from 'ink';
import { Table } from 'ink-table';
import type { ReactElement, ReactNode } from 'react';
import type { Health } from '../state/model.ts';
import { lastAnswer, stateWord } from '../state/pages.ts';
import type { Pen } from './theme.ts';

/** Lines that the table takes for so many rows: a frame, a header, and a rule above each row. */
export const sourcesHeight = (rows: number): number => 3 + 2 * rows;

interface SourcesProps {
  readonly health: readonly Health[];
  readonly nowUnix: number;
  readonly pen: Pen;
}

/** The backends as a small static table; the one kind of table for which ink-table is good enough. */
export function Sources({ health, nowUnix, pen }: SourcesProps): ReactElement {
  const data = health.map((each) => ({
    backend: pen.text(each.source.backend),
    place: pen.text(each.source.place),
    state: pen.text(stateWord(each)),
    answered: lastAnswer(each, nowUnix),
  }));
  const line = ({ children }: { readonly children?: ReactNode }): ReactElement => (
    <Text>{pen.own([children].flat(2).join(''))}</Text>
  );
  const head = ({ children }: { readonly children?: ReactNode }): ReactElement => <Text bold>{children}</Text>;
  return <Table data={data} header={head} cell={line} skeleton={line} />;
}
