import { type Fault, type Loaded, type Origin, sourceKey } from '../domain/result.ts';
import { type Tenant, tenantParts } from '../domain/tenant.ts';
import type { View } from '../views/view.ts';
import type { Slot } from './model.ts';

const NONE: ReadonlySet<string> = new Set();

/** A slot before anything was asked. */
export const EMPTY_SLOT: Slot = {
  turn: 0,
  rows: [],
  gaps: [],
  fetching: false,
  complete: false,
  kept: NONE,
  before: [],
};

/** A load begins: what stands stays, and a new turn makes every older answer late. */
export const begin = (slot: Slot): Slot => ({
  ...slot,
  turn: slot.turn + 1,
  fetching: true,
  before: slot.rows,
  broken: undefined,
});

/** When an answer was taken in: Unix seconds of the console's clock, milliseconds of its scheduler. */
interface At {
  readonly unix: number;
  readonly ms: number;
}

/**
 * Take in one yield of a load.
 *
 * An answer of an older turn is dropped. Old rows stay, with their age, where their source or tenant failed, and while
 * it has not answered yet; a source that answered replaces all its rows.
 */
export function settle(slot: Slot, turn: number, loaded: Loaded<unknown>, view: View<unknown>, at: At): Slot {
  if (slot.turn !== turn) return slot;
  const kept = keptRows(slot.before, loaded, view);
  const origins = kept.map(view.origin).filter((origin) => origin !== undefined);
  return {
    ...slot,
    rows: kept.length === 0 ? loaded.rows : [...loaded.rows, ...kept],
    gaps: loaded.gaps,
    because: loaded.because,
    note: loaded.note,
    extras: loaded.extras,
    // Lines come before they are counted: the bars of before stand until then.
    volume: loaded.volume ?? (loaded.complete ? undefined : slot.volume),
    cursor: loaded.cursor,
    complete: loaded.complete,
    fetching: !loaded.complete,
    atUnix: at.unix,
    atMs: at.ms,
    kept: loaded.complete ? new Set(kept.map(view.body.rowId)) : NONE,
    keptOldestUnix:
      origins.length === 0 ? undefined : origins.reduce((oldest, origin) => Math.min(oldest, origin.atUnix), Infinity),
    // A line never changes, and a tail would index all of them twenty times a second.
    changedFrom:
      slot.before.length === 0 || view.body.kind === 'lines' ? undefined : changedRows(slot.before, loaded.rows, view),
  };
}

/** A load ended, whether or not it said that it was complete. */
export const finish = (slot: Slot, turn: number): Slot =>
  slot.turn === turn ? { ...slot, fetching: false, complete: true } : slot;

/** A load was dropped on the way, because its frame was left: what came stays, but it must be asked again. */
export const abandon = (slot: Slot, turn: number): Slot =>
  slot.turn === turn ? { ...slot, fetching: false, atMs: slot.complete ? slot.atMs : undefined } : slot;

/** A view threw: that is a bug of ours, shown where it happened; the rows stay. */
export const breakDown = (slot: Slot, turn: number, said: string): Slot =>
  slot.turn === turn ? { ...slot, fetching: false, complete: true, broken: said } : slot;

/** Rows of tenants that were left behind go at once: they must not stand under another tenant's name. */
export function narrow(slot: Slot, tenants: readonly Tenant[], view: View<unknown>): Slot {
  const stays = (row: unknown): boolean => {
    const tenant = view.origin(row)?.tenant;
    return !tenant || tenantParts(tenant).every((part) => tenants.includes(part));
  };
  return { ...slot, turn: slot.turn + 1, rows: slot.rows.filter(stays), gaps: [], fetching: false, atMs: undefined };
}

function keptRows(before: readonly unknown[], loaded: Loaded<unknown>, view: View<unknown>): readonly unknown[] {
  if (before.length === 0 || (loaded.complete && loaded.gaps.length === 0)) return [];
  const ids = new Set(loaded.rows.map(view.body.rowId));
  const answered = new Set(loaded.rows.map((row) => originKey(view.origin(row))));
  return before.filter((row) => {
    const origin = view.origin(row);
    if (ids.has(view.body.rowId(row)) || answered.has(originKey(origin))) return false;
    return !loaded.complete || (origin !== undefined && loaded.gaps.some((gap) => touches(gap, origin)));
  });
}

/** By id; a row that is the same object in the same place did not change, and among thousands most are. */
function changedRows(
  before: readonly unknown[],
  now: readonly unknown[],
  { body }: View<unknown>,
): ReadonlyMap<string, unknown> {
  const changed = new Map<string, unknown>();
  for (const [at, row] of before.entries()) if (row !== now[at]) changed.set(body.rowId(row), row);
  return changed;
}

const originKey = (origin: Origin | undefined): string =>
  origin ? `${sourceKey(origin.source)} ${origin.tenant ?? ''}` : '';

function touches(gap: Fault, origin: Origin): boolean {
  if (sourceKey(gap.source) !== sourceKey(origin.source)) return false;
  if (gap.tenant === undefined || origin.tenant === null) return true;
  const failed = tenantParts(gap.tenant);
  return tenantParts(origin.tenant).some((part) => failed.includes(part));
}
