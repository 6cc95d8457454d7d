/** RFC 1321: shifts by round, and the sines as integers. */
const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
const SINES = Array.from({ length: 64 }, (_, at) => Math.floor(Math.abs(Math.sin(at + 1)) * 2 ** 32));

/**
 * MD5 of some bytes. Not for secrets: dskit takes it to seed the shard of a tenant.
 *
 * Source: RFC 1321.
 */
export function md5(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(((bytes.length + 8) >> 6) * 64 + 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, bytes.length * 8, true);
  let sum = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < padded.length; block += 64) sum = addBlock(sum, view, block);
  const digest = new Uint8Array(16);
  for (const [at, word] of sum.entries()) new DataView(digest.buffer).setUint32(4 * at, word, true);
  return digest;
}

function addBlock(sum: readonly number[], view: DataView, block: number): number[] {
  let [a = 0, b = 0, c = 0, d = 0] = sum;
  for (let step = 0; step < 64; step += 1) {
    const round = step >> 4;
    const [mixed, word] = mix(round, step, b, c, d);
    const turned = (a + mixed + (SINES[step] ?? 0) + view.getUint32(block + 4 * word, true)) >>> 0;
    const by = SHIFTS[round]?.[step % 4] ?? 0;
    [a, d, c, b] = [d, c, b, (b + ((turned << by) | (turned >>> (32 - by)))) >>> 0];
  }
  return [a, b, c, d].map((part, at) => (part + (sum[at] ?? 0)) >>> 0);
}

/** What a round mixes in, and which of the sixteen words it takes. */
function mix(round: number, step: number, b: number, c: number, d: number): readonly [number, number] {
  switch (round) {
    case 0:
      return [(b & c) | (~b & d), step % 16];
    case 1:
      return [(d & b) | (~d & c), (5 * step + 1) % 16];
    case 2:
      return [b ^ c ^ d, (3 * step + 5) % 16];
    default:
      return [c ^ (b | ~d), (7 * step) % 16];
  }
}
