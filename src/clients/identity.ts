import { createHash } from 'node:crypto';
import type { Target } from './target.ts';

/**
 * Who asks, as a recording may know it; empty where nobody said.
 *
 * Recordings are shared, and a password can be guessed from its hash: of basic auth only the user counts, and a token's
 * hash is cut so short that it only tells tokens apart.
 */
export function identityOf({ headers, tls }: Pick<Target, 'headers' | 'tls'>): string {
  const authorization = headers?.['authorization'] ?? '';
  const basic = /^basic\s+(\S+)$/i.exec(authorization)?.[1];
  const user = basic && Buffer.from(basic, 'base64').toString().split(':')[0];
  const shown = [user ?? authorization, headers?.['cookie'] ?? '', tls?.cert ?? ''];
  if (shown.every((part) => part === '')) return '';
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 8);
}
