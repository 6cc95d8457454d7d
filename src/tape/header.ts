import type { Backend } from '../domain/result.ts';
import { parseTenant, type Tenant } from '../domain/tenant.ts';
import { backendOfComponent } from './component.ts';

/** The format this program writes, and the newest it reads. */
export const TAPE_VERSION = 1;

/** What a tape says of itself. Times are Unix seconds; a replay begins at `atUnix`. */
export interface TapeHeader {
  readonly backends: readonly Backend[];
  readonly context: string;
  readonly tenants: readonly Tenant[];
  readonly fromUnix: number;
  readonly toUnix: number;
  readonly atUnix: number;
  /** Seconds between two rounds; 15 unless said. What is older than three of them is said to be old. */
  readonly roundSeconds?: number;
}

/** Line 1 of a tape. `dropped` names parts of answers that were left out when it was cut. */
export const headerLine = (header: TapeHeader, dropped: readonly string[]): string =>
  `${JSON.stringify({
    _tape: TAPE_VERSION,
    backends: header.backends,
    context: header.context,
    tenants: header.tenants,
    from: header.fromUnix,
    to: header.toUnix,
    at: header.atUnix,
    ...(header.roundSeconds === undefined ? {} : { every: header.roundSeconds }),
    ...(dropped.length > 0 ? { dropped } : {}),
  })}\n`;

export type ParsedHeader =
  | { readonly kind: 'header'; readonly header: TapeHeader; readonly dropped: readonly string[] }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'foreign' };

/** Read line 1. A value that is not what it should be is left out, never trusted. */
export function parseHeader(line: string): ParsedHeader {
  const value = parse(line);
  const version = value?._tape;
  if (value === undefined || typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return { kind: 'foreign' };
  if (version > TAPE_VERSION) return { kind: 'newer', version };
  const unix = (name: string): number =>
    typeof value[name] === 'number' && Number.isFinite(value[name]) ? value[name] : 0;
  const header = {
    backends: textsOf(value.backends).flatMap((name) => backendOfComponent(name) ?? []),
    context: typeof value.context === 'string' ? value.context : '',
    tenants: textsOf(value.tenants).flatMap(tenantOf),
    fromUnix: unix('from'),
    toUnix: unix('to'),
    atUnix: unix('at'),
    ...(unix('every') > 0 ? { roundSeconds: unix('every') } : {}),
  };
  return { kind: 'header', header, dropped: textsOf(value.dropped) };
}

/** A tenant, or nothing where the text cannot be one. */
export function tenantOf(text: string): Tenant[] {
  const parsed = parseTenant(text);
  return parsed.ok ? [parsed.tenant] : [];
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each: unknown): each is string => typeof each === 'string') : [];

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
