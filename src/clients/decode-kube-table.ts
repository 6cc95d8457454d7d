import type { PodCells } from '../domain/kube.ts';
import { type Fields, textOf } from './decode.ts';
import { fields, objectOf, ownerOf } from './decode-kube.ts';

/** Where each column of a table stands, by its name. A watch tells it with the first event only. */
export type Columns = ReadonlyMap<string, number>;

/** The columns that an answer or an event brings with it; undefined where it brings none. */
export function columnsIn(table: Fields): Columns | undefined {
  if (!Array.isArray(table.columnDefinitions)) return undefined;
  return new Map(table.columnDefinitions.map((column, index) => [textOf(fields(column).name) ?? '', index]));
}

/** One row of the table of pods. Source: kubernetes pkg/printers/internalversion, printPod. */
export function podCellsOf(row: Fields, columns: Columns): PodCells | undefined {
  const object = objectOf(fields(row.object));
  const cells: readonly unknown[] = Array.isArray(row.cells) ? row.cells : [];
  if (!object) return undefined;
  const cell = (name: string): string => {
    const value = cells[columns.get(name) ?? -1];
    return value === undefined || value === null || value === '<none>' ? '' : String(value);
  };
  const [ready = '', desired = ''] = cell('Ready').split('/');
  const restarts = /^(\d+)(?: \((.+) ago\))?/.exec(cell('Restarts'));
  return {
    ...object,
    owner: ownerOf(fields(row.object)),
    ready: Number(ready) || 0,
    desired: Number(desired) || 0,
    status: cell('Status'),
    restarts: Number(restarts?.[1] ?? 0),
    ...(restarts?.[2] === undefined ? {} : { restartedAgo: restarts[2] }),
    ip: cell('IP') || undefined,
    node: cell('Node') || undefined,
  };
}
