/** Unpacked blocks that are kept, so that one screen's questions do not unpack the same block again and again. */
const KEPT_BYTES_MAX = 96 * 1024 * 1024;

/** The latest results of `load`, up to a number of bytes; one that is under way is shared. */
export function keepLatest(load: (index: number) => Promise<Buffer>): (index: number) => Promise<Buffer> {
  const kept = new Map<number, { readonly buffer: Promise<Buffer>; bytes: number }>();
  const trim = (): void => {
    let bytes = [...kept.values()].reduce((sum, each) => sum + each.bytes, 0);
    for (const [index, each] of kept) {
      if (bytes <= KEPT_BYTES_MAX || kept.size === 1) return;
      bytes -= each.bytes;
      kept.delete(index);
    }
  };
  return (index) => {
    const known = kept.get(index);
    kept.delete(index);
    const slot = known ?? { buffer: load(index), bytes: 0 };
    kept.set(index, slot);
    if (known === undefined)
      slot.buffer.then(
        (buffer) => {
          slot.bytes = buffer.length;
          trim();
        },
        () => kept.delete(index),
      );
    return slot.buffer;
  };
}
