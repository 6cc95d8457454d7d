// Bundled by startup.test.ts, so that the rewrites of the bundle can be held against the originals.
export { tokenize } from '@alcalzone/ansi-tokenize';
export { default as stringWidth } from 'string-width';
