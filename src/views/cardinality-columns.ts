import type { Tenant } from '../domain/tenant.ts';
import { formatShare } from '../domain/units.ts';
import type { Column, Tone } from './view.ts';

/* Columns that stand in more than one list of series, labels and values. */

/** Whose it is; goes first where the screen is narrow, for the breadcrumb carries it too. */
export const tenantColumn = <Row extends { readonly tenant: Tenant }>(): Column<Row> => ({
  id: 'tenant',
  title: 'TENANT',
  cell: (row) => row.tenant,
  letter: 'T',
  keep: 50,
  widthMin: 8,
  widthMax: 24,
});

/** A number, the largest first when sorted. */
export const countColumn = <Row>(
  named: Pick<Column<Row>, 'id' | 'title' | 'letter' | 'keep'> & { readonly tone?: (row: Row) => Tone },
  count: (row: Row) => number | undefined,
  say: (value: number | undefined) => string,
): Column<Row> => ({
  ...named,
  cell: (row) => say(count(row)),
  sortBy: count,
  alignRight: true,
  widthMin: Math.max(6, named.title.length),
});

/** Of the whole, 0–1. */
export const shareColumn = <Row extends { readonly share: number | undefined }>(keep: number): Column<Row> =>
  countColumn({ id: 'share', title: 'SHARE', letter: 'H', keep }, (row) => row.share, formatShare);
