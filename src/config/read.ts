/** Something that was parsed, or one sentence about why it was not. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly because: string };

export const right = <T>(value: T): Read<T> => ({ ok: true, value });
export const wrong = (because: string): { readonly ok: false; readonly because: string } => ({ ok: false, because });
