import type { FaultKind } from '../domain/result.ts';

/** A decoded answer with what it still lacks, or why it is not what was promised. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T; readonly gaps?: readonly Gap[] }
  | { readonly ok: false; readonly kind?: FaultKind; readonly said: string };

/** A fault beside a good value, before it is known who was asked. */
export interface Gap {
  readonly kind: FaultKind;
  readonly said: string;
}
