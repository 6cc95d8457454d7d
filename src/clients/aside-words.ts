import type { Decoded } from './decoded.ts';
import type { Job } from './decoders.ts';
import type { PackedTrace } from './packed-trace.ts';

/** What the console's thread says to the one that reads large answers. */
export type ToWorker =
  | {
      readonly say: 'read';
      readonly job: Job;
      readonly untilUnix: number;
      /** UTF-8 in pieces changes hands; text, as a tape has it, is copied. */
      readonly answer: string | readonly Uint8Array<ArrayBuffer>[];
    }
  /** The items so far are in their place: the next ones may come. */
  | { readonly say: 'more' };

type Failed = Extract<Decoded<unknown>, { readonly ok: false }>;
type Gaps = Extract<Decoded<unknown>, { readonly ok: true }>['gaps'];

/** What it says back. */
export type FromWorker =
  | { readonly say: 'failed'; readonly failed: Failed }
  | { readonly say: 'trace'; readonly trace: PackedTrace; readonly gaps: Gaps }
  /** The first items of a list, or the next; `gaps` with the last. */
  | { readonly say: 'items'; readonly items: readonly unknown[]; readonly last: boolean; readonly gaps: Gaps };
