// Stands in for `Intl.Segmenter` in the bundle. Nearly all of a screen is text in which every character is a grapheme of
// its own, one column wide, whatever stands beside it; taking it apart needs no tables of Unicode. Everything else goes to
// the real one, which is made when it is first needed: making it costs several milliseconds of the start.

/** Escape, newline, printable ASCII, Latin, arrows, box drawing, blocks, geometric shapes, check marks, Braille. */
export const PLAIN =
  '\\u0020-\\u007e\\u00a1-\\u00ac\\u00ae-\\u02ff\\u2010-\\u2027\\u2039\\u203a\\u2190-\\u2193\\u2500-\\u25a9\\u25b2-\\u25b5\\u25b8\\u25be\\u25c6\\u25cb\\u25cf\\u2713\\u2717\\u2800-\\u28ff';
const SINGLE = new RegExp(`^[\\u001b\\n${PLAIN}]*$`);

/** What `new Intl.Segmenter(locale, { granularity: 'grapheme' })` would do. */
export function createSegmenter() {
  let real;
  return {
    segment(text) {
      if (SINGLE.test(text)) return Array.from(text, (segment, index) => ({ segment, index, input: text }));
      real ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
      return real.segment(text);
    },
  };
}
