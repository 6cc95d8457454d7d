/** Work in steps: whoever drives it may draw a frame, or give up, after each. */
export type Steps<T> = Generator<undefined, T>;

/** Run to the end without a pause. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
