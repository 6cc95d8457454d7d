/** Where a command writes: rows to `write`, everything about them to `warn`, a line each. */
export interface Out {
  write(text: string): void;
  warn(line: string): void;
  /** True once nobody reads any more (`| head`). */
  closed(): boolean;
}

/** The exit codes of the contract. */
export const EXIT = { good: 0, bad: 1, gap: 2, wrongUse: 64 } as const;
