import { createHash } from 'node:crypto';
import type { Target } from './target.ts';

/**
 * Who asks, as a recording may know it; empty where nobody said.
 *
 * Recordings are shared, and a password can be guessed from its hash: of basic auth only the user counts, and a token's
 * hash is cut so short that it only tells tokens apart.
 */
export function identityOf({ headers, tls }: Pick<Target, 'headers' | 'tls'>): string {
  const shown = [userOf({ headers }) ?? headers?.['authorization'] ?? '', headers?.['cookie'] ?? '', tls?.cert ?? ''];
  if (shown.every((part) => part === '')) return '';
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 8);
}

/** The user of basic auth; undefined where another credential, or none, is shown. */
export function userOf({ headers }: Pick<Target, 'headers'>): string | undefined {
  const basic = /^basic\s+(\S+)$/i.exec(headers?.['authorization'] ?? '')?.[1];
  return basic === undefined ? undefined : Buffer.from(basic, 'base64').toString().split(':')[0];
}
