import type { Loaded } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { View } from '../views/view.ts';

/** One finished load, as a command prints it. */
export interface Answer {
  readonly view: View<unknown>;
  readonly loaded: Loaded<unknown>;
  readonly tenants: readonly Tenant[];
  /** The moment it speaks of, Unix seconds. */
  readonly atUnix: number;
}

export const FORMATS = ['text', 'json', 'csv', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** How a page is printed. */
export interface Page {
  readonly ascii: boolean;
  readonly color: boolean;
  readonly utc: boolean;
  /** Cells of the terminal; absent where the output goes into a file or a pipe, and nothing is shortened. */
  readonly columns?: number;
}
