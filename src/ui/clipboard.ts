/** Longest text that terminals take by OSC 52; xterm's limit is near 100,000 bytes in base64. */
const COPY_BYTES_MAX = 74_000;

/** The sequence that hands text to the terminal's clipboard, wrapped for tmux where that lies between. Source: xterm ctlseqs, OSC 52; tmux(1), allow-passthrough. */
export function copySequence(text: string, inTmux: boolean): string {
  const payload = Buffer.from(text).subarray(0, COPY_BYTES_MAX).toString('base64');
  const osc = `\u001b]52;c;${payload}\u0007`;
  return inTmux ? `\u001bPtmux;\u001b${osc}\u001b\\` : osc;
}
