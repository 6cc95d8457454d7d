import type { Clients } from '../clients/clients.ts';
import type { Clock } from '../domain/exchange.ts';
import type { Fault, Loaded, Source } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { TimeRange } from '../domain/time.ts';
import type { Intent, Params, Tone, View } from '../views/view.ts';
import type { TimeMove } from './timeRange.ts';

/** The column by which rows are ordered; `down` is largest first. */
export interface Sort {
  readonly column: string;
  readonly down: boolean;
}

/** One screen on the stack: what it shows, and where the reader is in it. */
export interface Frame {
  /** Unique in this console; the slot of its rows has the same number. */
  readonly id: number;
  readonly view: string;
  readonly params: Params;
  /** The id of a row; absent: the first one, whichever it is. */
  readonly cursor?: string;
  /** Where the cursor was seen last, for the case that its row vanishes. */
  readonly at: number;
  /** True once the user has chosen a row: from then on a load no longer moves the cursor. */
  readonly moved: boolean;
  /** The first row on the screen. */
  readonly top: number;
  readonly filter: string;
  readonly sort?: Sort;
  /** Rows of a waterfall whose children are hidden. */
  readonly folds: ReadonlySet<string>;
  readonly faultsOnly: boolean;
  /** Ids of marked rows; absent: none. */
  readonly marks?: ReadonlySet<string>;
  /** The column that `c` copies from; absent: the whole row. */
  readonly column?: string;
  /** Characters that lines are scrolled sideways. */
  readonly shift: number;
  /** The bar above the lines that is chosen, by its start (Unix seconds); absent: none. */
  readonly bar?: number;
  /** Fields that stand in columns of their own, in this order. */
  readonly fields?: readonly string[];
}

/** The rows of one frame. Having rows, asking and failing are separate facts. */
export interface Slot {
  readonly turn: number;
  readonly rows: readonly unknown[];
  readonly gaps: readonly Fault[];
  readonly because?: string;
  readonly note?: string;
  readonly extras?: Loaded<unknown>['extras'];
  readonly volume?: Loaded<unknown>['volume'];
  /** Where the load would put the cursor. */
  readonly cursor?: string;
  readonly fetching: boolean;
  /** False until a load has said all it had to say. */
  readonly complete: boolean;
  /** When the last answer was taken in: Unix seconds of the console's clock, and milliseconds of its scheduler. */
  readonly atUnix?: number;
  readonly atMs?: number;
  /** Ids of rows that are older than the last load, because their source or tenant failed in it. */
  readonly kept: ReadonlySet<string>;
  readonly keptOldestUnix?: number;
  /** The rows as they were before this turn. */
  readonly before: readonly unknown[];
  /** The same by id, for marking what changed, until the marks fade. */
  readonly changedFrom?: ReadonlyMap<string, unknown>;
  /** A bug in a view, in its own words. */
  readonly broken?: string;
}

export interface Prompt {
  readonly mode: 'command' | 'filter';
  readonly text: string;
  /** Where the next character goes. */
  readonly at: number;
  /** How far back in the history; -1 is the text being written. */
  readonly recalled: number;
  /** What was there before: the filter to return to, or the text being written while the history shows. */
  readonly draft: string;
}

/** A few things to choose from by one key each, in the place of the prompt. */
export interface Choice {
  readonly title: string;
  readonly choices: readonly { readonly key: string; readonly does: string; readonly wants: Command }[];
}

export interface Flash {
  readonly text: string;
  readonly tone: Tone;
}

/** How one backend is doing, from the requests that went to it. */
export interface Health {
  readonly source: Source;
  readonly tone: Tone;
  /** A fault kind, or empty while all is well. */
  readonly word: string;
  /** When its last good answer was given, Unix seconds. */
  readonly answeredUnix?: number;
}

/** How a screen is saved. */
export type SaveAs = 'text' | 'json' | 'svg';

/** What holds for the whole console, not for one frame. */
export interface Display {
  readonly wide: boolean;
  readonly wrap: boolean;
  readonly timestamps: boolean;
  readonly fullScreen: boolean;
  readonly autoscroll: boolean;
}

export interface ConsoleState {
  readonly stack: readonly Frame[];
  /** Stacks to go back to, oldest first, and forward to, nearest first. */
  readonly past: readonly (readonly Frame[])[];
  readonly future: readonly (readonly Frame[])[];
  readonly slots: Readonly<Record<number, Slot>>;
  readonly prompt?: Prompt;
  readonly choice?: Choice;
  readonly flash?: Flash;
  readonly histories: { readonly command: readonly string[]; readonly filter: readonly string[] };
  readonly context: string;
  /** All tenants the header can offer, in the order of their digits. */
  readonly tenants: readonly Tenant[];
  /** The chosen ones; empty: all. */
  readonly scope: readonly Tenant[];
  readonly time: TimeRange;
  readonly display: Display;
  readonly health: readonly Health[];
  /** The clock as of the last tick; ages are drawn from it. */
  readonly nowUnix: number;
  /** Such as "end of recording". */
  readonly clockSaid?: string;
  /** While a recording is made: empty; once it has ended, why. */
  readonly recorder?: string;
  /** Contexts that are being opened, to be put in the place of these; absent: none. */
  readonly moving?: readonly string[];
  /** Text for the clipboard; `serial` tells two copies of the same text apart. */
  readonly copied?: { readonly text: string; readonly serial: number };
  /** The screen is to be saved so; `serial` tells two wishes apart. */
  readonly saving?: { readonly as: SaveAs; readonly serial: number };
  readonly left: boolean;
}

/** Everything that can happen: what a view's key may want, and what the console's own keys do. All of it is data. */
export type Command =
  | Intent
  | { readonly do: 'move'; readonly by: number }
  /** In a heatmap: to the next cell of the line. */
  | { readonly do: 'cell'; readonly by: number }
  | { readonly do: 'page'; readonly by: number }
  | { readonly do: 'edge'; readonly edge: 'first' | 'last' }
  | { readonly do: 'prompt'; readonly mode: 'command' | 'filter' }
  | { readonly do: 'sort'; readonly letter: string }
  | { readonly do: 'column'; readonly by: number }
  | { readonly do: 'fold'; readonly open: boolean }
  | { readonly do: 'sideways'; readonly by: number }
  | { readonly do: 'match'; readonly by: number }
  | { readonly do: 'fault'; readonly tone: 'bad' | 'warn' }
  | { readonly do: 'toggle'; readonly what: keyof Display }
  | { readonly do: 'faults-only' }
  /** Windows of log lines as k9s numbers them: 0 tail, 1 head, 2–6 one minute to one hour. */
  | { readonly do: 'window'; readonly digit: number }
  /** Along the bars above the lines. */
  | { readonly do: 'bar'; readonly by: number }
  | { readonly do: 'bar-lines' }
  /** Ask which fields stand in columns; or put this one there, or back. */
  | { readonly do: 'fields'; readonly field?: string }
  | { readonly do: 'show'; readonly what: 'explain' | 'details' | 'json' | 'help' | 'aliases' | 'sources' }
  | { readonly do: 'copy-row' }
  /** Mark the row under the cursor, or (off) unmark all. */
  | { readonly do: 'mark'; readonly on: boolean }
  | ({ readonly do: 'choose' } & Choice)
  | { readonly do: 'save'; readonly as: SaveAs }
  | { readonly do: 'time'; readonly move: TimeMove }
  | { readonly do: 'scope'; readonly digit: number }
  | { readonly do: 'history'; readonly to: 'back' | 'forward' | 'last' };

/** The console on other contexts: what is to be shown of them, or why they could not be opened. */
export type Moved =
  | {
      readonly ok: true;
      readonly context: string;
      readonly tenants: readonly Tenant[];
      readonly home: string;
      /** What follows, and what does not. */
      readonly said: string;
    }
  | { readonly ok: false; readonly because: string };

/** What a console is made of. */
export interface ConsoleOptions {
  readonly views: readonly View<unknown>[];
  readonly clients: Clients;
  readonly clock: Clock;
  readonly context: string;
  /** Known tenants; the first nine get a digit. */
  readonly tenants: readonly Tenant[];
  /** Chosen ones; absent or empty: all. */
  readonly scope?: readonly Tenant[];
  readonly home: string;
  readonly params?: Params;
  readonly time: TimeRange;
  readonly utc?: boolean;
  /** True on a tape: the header then says so. */
  readonly recording?: boolean;
  /** A sentence that is said once, before anything else. */
  readonly notice?: string;
  /** Open other contexts; once it is done `clients` ask these. Absent: there are none to be had. */
  readonly move?: (contexts: readonly string[], namespace?: string) => Promise<Moved>;
  /** Instead of every view's own `everySeconds`. */
  readonly refreshSeconds?: number;
  /** Time for tests; the process's own unless given. */
  readonly scheduler?: Scheduler;
}

/** The only way the console waits. */
export interface Scheduler {
  /** Milliseconds, from any start, never backwards. */
  nowMs(): number;
  /** Run once after so many milliseconds; returns how to forget it. */
  after(milliseconds: number, run: () => void): () => void;
}

/** What the screen tells of itself after drawing: how many rows it has, and which came first. */
export interface Drawn {
  readonly frame: number;
  readonly rows: number;
  readonly top: number;
}
