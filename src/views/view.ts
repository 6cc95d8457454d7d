import type { Clients } from '../clients/clients.ts';
import type { Fault, Json, Loaded, Origin } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { TimeRange } from '../domain/time.ts';
import type { Intent, Params } from './intent.ts';

export type { Intent, Params };

/** Everything a view needs to load. `params.tenant`, where set, has already narrowed `tenants`. */
export interface LoadInput {
  readonly clients: Clients;
  readonly tenants: readonly Tenant[];
  readonly params: Params;
  readonly time: TimeRange;
  /** Unix seconds, by the console's clock (the recording's on a tape). */
  readonly nowUnix: number;
  readonly signal: AbortSignal;
  /** Somebody chose these tenants: they are not simply all that there are. */
  readonly chosen?: true;
  /** On a screen: what only helps the eye may be asked, too. */
  readonly onScreen?: true;
}

/** Meanings, not colours. `plain` is the terminal's own. */
export type Tone = 'good' | 'warn' | 'bad' | 'unknown' | 'dim' | 'accent' | 'plain';

export interface Column<Row> {
  /** Unique in its view; also the sort key in a link. */
  readonly id: string;
  readonly title: string;
  /** Raw text: the screen cleans hostile characters and fits it. */
  readonly cell: (row: Row) => string;
  readonly tone?: (row: Row) => Tone;
  readonly alignRight?: boolean;
  /** Upper-case letter that sorts by this column (shift-letter); unique in its view, never `G`. */
  readonly letter?: string;
  /** What to sort by where the text will not do. Undefined sorts last. */
  readonly sortBy?: (row: Row) => number | string | undefined;
  /** Where the screen is narrow, columns go in ascending order of `keep`; 100 and more always stays. */
  readonly keep: number;
  /** Characters. A column that may grow takes what is left, up to `widthMax`. */
  readonly widthMin?: number;
  readonly widthMax?: number;
  readonly grow?: boolean;
  /** Changes with time alone, as an age does: that is not marked as a change. */
  readonly drifts?: true;
  /** Only shown with ctrl-w or on screens of 160 columns and more. */
  readonly wide?: boolean;
}

/** How rows are drawn and printed: a closed set. */
export type Body<Row> =
  | TableBody<Row>
  | WaterfallBody<Row>
  | LinesBody<Row>
  | ReportBody<Row>
  | MatrixBody<Row>
  | HeatmapBody<Row>;

interface Identified<Row> {
  /** Unique among the rows; a cursor is an id, never an index. */
  readonly rowId: (row: Row) => string;
}

export interface TableBody<Row> extends Identified<Row> {
  readonly kind: 'table';
  readonly columns: readonly Column<Row>[];
}

export interface WaterfallBody<Row> extends Identified<Row> {
  readonly kind: 'waterfall';
  readonly parentId: (row: Row) => string;
  /** 0 is a root. Where it is given, rows come in the order of the tree, and a hundred thousand need no laying out. */
  readonly depth?: (row: Row) => number;
  readonly label: (row: Row) => string;
  readonly tone: (row: Row) => Tone;
  /** Seconds after the start of the whole. */
  readonly bar: (row: Row) => { readonly startSeconds: number; readonly durationSeconds: number };
  readonly onCriticalPath: (row: Row) => boolean;
  /** Most of its time is its own (so taken unless told); else it mostly waited for its children, and is drawn as a line. */
  readonly worksItself?: (row: Row) => boolean;
  /** Narrow columns between label and bar. */
  readonly columns: readonly Column<Row>[];
}

export interface LinesBody<Row> extends Identified<Row> {
  readonly kind: 'lines';
  readonly atNanos: (row: Row) => bigint;
  readonly level: (row: Row) => string;
  /** Short origin of the line, such as its service. */
  readonly who: (row: Row) => string;
  readonly text: (row: Row) => string;
  readonly tone: (row: Row) => Tone;
  /** What can stand in a column of its own. */
  readonly fields?: (row: Row) => Readonly<Record<string, string>>;
  /** The text where fields stand in columns. */
  readonly bare?: (row: Row) => string;
  /** Marked lines stand out; the others stay on the screen. */
  readonly marked: (row: Row) => boolean;
}

export interface ReportBody<Row> extends Identified<Row> {
  readonly kind: 'report';
  readonly label: (row: Row) => string;
  readonly text: (row: Row) => string;
  /** What `c` copies, where that is more than the line: a whole rule. */
  readonly copied?: (row: Row) => string;
  readonly tone: (row: Row) => Tone;
}

export interface MatrixCell {
  /** Which column it stands in; also its title. Columns stand in the order in which rows name them. */
  readonly column: string;
  readonly text: string;
  /** More of it, for wide screens and ctrl-w. */
  readonly wide?: string;
  readonly tone: Tone;
}

/** Rows against columns that the rows themselves bring along: nodes, in groups by zone, against components. */
/** Lines of cells over time, each cell a row: the cursor moves in both directions. */
export interface HeatmapBody<Row> extends Identified<Row> {
  readonly kind: 'heatmap';
  /** Name of the cell's line; cells of one line follow each other, and all lines have the same columns. */
  readonly line: (row: Row) => string;
  /** The end of the cell's column, Unix seconds. */
  readonly atUnix: (row: Row) => number;
  /** 0–1 of the fullest cell. */
  readonly weight: (row: Row) => number;
  /** A few characters in the cell, cut to its width; empty where nothing stands out. */
  readonly mark: (row: Row) => string;
  readonly tone: (row: Row) => Tone;
  /** The cell in words, without its time. */
  readonly text: (row: Row) => string;
}

export interface MatrixBody<Row> extends Identified<Row> {
  readonly kind: 'matrix';
  /** Rows of one group follow each other, under its name. */
  readonly group: (row: Row) => string;
  readonly label: (row: Row) => string;
  readonly tone: (row: Row) => Tone;
  /** Marked by the user, as with `space`. */
  readonly marked: (row: Row) => boolean;
  readonly cells: (row: Row) => readonly MatrixCell[];
  /** The row in words, at its end. */
  readonly text: (row: Row) => string;
}

/** What a key knows when it is pressed: the frame's own parameters and the rows on the screen, in their order. */
export interface KeyContext<Row> {
  readonly params: Params;
  readonly rows: readonly Row[];
}

/** A key of one view. For `enter l t m e p` it is the target of that key; further letters must be free in the contract. */
export interface ViewKey<Row> {
  readonly key: string;
  /** Words for the hint line and the help: "its trace". */
  readonly does: string;
  readonly on: (row: Row, context: KeyContext<Row>) => Intent;
}

/** A flag of the one-shot command that becomes a parameter of the frame. */
export interface ViewFlag {
  readonly flag: string;
  readonly param: string;
  readonly about: string;
  /** Name of the value in the help; absent for a switch, which sets the parameter to `yes`. */
  readonly value?: string;
}

/** A screen is data: a console view, a shell subcommand, a help page and a row in the test matrix. */
export interface View<Row> {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly about: string;
  /** Seconds between two loads; 0: loaded once, and on ctrl-r. */
  readonly everySeconds: number;
  /** Seconds it looks back where the user chose no window; 15 minutes unless it says otherwise. */
  readonly looksBackSeconds?: number;
  /** Bad rows make a one-shot exit 1. */
  readonly judges?: true;
  /** Shows clusters, not somebody's data: it needs no tenant. */
  readonly tenantless?: true;
  /** Lists tenants itself, however many: it is scoped like others, but too many are no obstacle. */
  readonly findsTenants?: true;
  /** Asks for tenants where they can be known; where nobody names any, clusters alone have something to show. */
  readonly needsNoTenant?: true;
  /** A command is about one tenant, no more and no less. */
  readonly oneTenant?: true;
  /** Only in the console: no subcommand. */
  readonly consoleOnly?: true;
  /** The positional argument: `trace ID`. */
  readonly argument?: { readonly name: string; readonly param: string; readonly required: boolean };
  readonly flags?: readonly ViewFlag[];
  readonly load: (input: LoadInput) => AsyncIterable<Loaded<Row>>;
  /** A flag that alone decides a one-shot's exit: true is 1, false is 0, null is 2; undefined: as usual. */
  readonly decides?: (loaded: Loaded<Row>, params: Params) => boolean | null | undefined;
  /** What text and Markdown print above the rows instead of the extras. */
  readonly summary?: (loaded: Loaded<Row>) => readonly (readonly [name: string, text: string])[];
  /** Instead of loading again and again, while live: it yields whenever something changed, and ends only with the signal. */
  readonly follow?: (input: LoadInput) => AsyncIterable<Loaded<Row>>;
  /** Whether these parameters ask for that; absent: all do. */
  readonly follows?: (params: Params) => boolean;
  readonly body: Body<Row>;
  readonly keys: readonly ViewKey<Row>[];
  /** Rows that JSON lists; absent: all. The others only lay out the screen. */
  readonly lists?: (row: Row) => boolean;
  /** The row as the contract's JSON; also `y` in the console. */
  readonly record: (row: Row) => { readonly [field: string]: Json | undefined };
  /** Where the row came from; undefined for rows of the console itself (requests, help). */
  readonly origin: (row: Row) => Origin | undefined;
  /** Everything known of one row, for `d`: label and text. */
  readonly details: (row: Row) => readonly (readonly [label: string, text: string])[];
  /** What `x` says first: why the row is what it is. Absent: where it came from says enough. */
  readonly explain?: (row: Row) => readonly (readonly [label: string, text: string])[];
  /** The breadcrumb of a frame: "checkout /checkout". Empty: just the view's id. */
  readonly crumb: (params: Params) => string;
}

/** Forget a view's row type so that views can share one list. One of two casts in `src/`; the other brands a Tenant. */
export const view = <Row>(spec: View<Row>): View<unknown> => spec as unknown as View<unknown>;

export const go = (to: string, params: Params): Intent => ({ do: 'go', view: to, params });
export const refuse = (because: string): Intent => ({ do: 'refuse', because });

/** Marks what a gap is about, so that old rows of a source that failed can be kept. */
export const gapsOf = (faults: readonly (Fault | undefined)[]): readonly Fault[] =>
  faults.filter((fault) => fault !== undefined);
