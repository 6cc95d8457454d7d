import type { Loaded } from '../src/domain/result.ts';
import type { Params, View } from '../src/views/view.ts';

/** Rows whose keys are pressed, by view; of all others the first few, and the one under the cursor. */
const ROWS: Readonly<Record<string, number>> = { slow: 40, tenants: 10, traces: 5, exemplars: 10, logs: 1, trace: 1 };
const ROWS_OTHERWISE = 3;

/**
 * The rows somebody looks at: of exemplars the worst and the newest, of others the first, and the one where the cursor
 * would stand.
 */
export function rowsToOpen(view: View<unknown>, { rows, cursor }: Loaded<unknown>): readonly unknown[] {
  const count = ROWS[view.id] ?? ROWS_OTHERWISE;
  const chosen = new Set(rows.slice(0, count));
  const under = rows.find((row) => cursor !== undefined && view.body.rowId(row) === cursor);
  if (under !== undefined) chosen.add(under);
  if (view.id === 'exemplars')
    for (const field of ['value', 'at']) for (const row of largest(view, rows, field).slice(0, count)) chosen.add(row);
  return [...chosen];
}

function largest(view: View<unknown>, rows: readonly unknown[], field: string): readonly unknown[] {
  const valued = rows.map((row) => ({ row, value: view.record(row)[field] ?? 0 }));
  return valued.sort((left, right) => (left.value < right.value ? 1 : -1)).map(({ row }) => row);
}

/** A key that leads back to where it was pressed leads nowhere. */
export const isAsked = (target: string, params: Params, view: string, wanted: Params): boolean =>
  target === view && keyOf(target, params) === keyOf(view, wanted);

/** A trace may still arrive for so long, seconds. */
const PENDING_SECONDS = 90;

/** What was asked already: a screen once a round, a trace and its lines once a night. */
export function makeAsked() {
  const inRound = new Set<string>();
  const found = new Set<string>();
  const firstUnix = new Map<string, number>();
  const isById = (params: Params): boolean => params.trace !== undefined || params.span !== undefined;
  return {
    beginRound: () => inRound.clear(),
    /** False where it need not be asked. */
    begin(view: string, params: Params, nowUnix: number): boolean {
      const key = keyOf(view, params);
      if (inRound.has(key) || found.has(key)) return false;
      inRound.add(key);
      if (!isById(params)) return true;
      const since = firstUnix.get(key) ?? nowUnix;
      firstUnix.set(key, since);
      return nowUnix - since <= PENDING_SECONDS;
    },
    end(view: string, params: Params, rows: boolean): void {
      if (rows && isById(params)) found.add(keyOf(view, params));
    },
  };
}

const keyOf = (view: string, params: Params): string => `${view} ${JSON.stringify(Object.entries(params).sort())}`;
