import type { Clients } from '../clients/clients.ts';
import type { Env } from '../config.ts';
import type { Clock } from '../domain/exchange.ts';
import type { Tenant } from '../domain/tenant.ts';

/** Servers or a recording, opened: everything the console or a command needs to ask. */
export interface Opened {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly context: string;
  /** Those the recording knows; none where servers answer. */
  readonly tenants: readonly Tenant[];
  readonly recording: boolean;
  /** Who basic auth says is asking. */
  readonly user?: string;
  /** What `--at` came to, Unix seconds; on a recording the clock stands there already. */
  readonly atUnix?: number;
  /** What must be seen before anything else: a recording that was cut off, or what one that is made may hold. */
  readonly notice?: string;
  /** Sentences about how the flags were understood. */
  readonly notes: readonly string[];
  /** The same on other contexts; the one before stays open until it is closed. */
  readonly reopen?: (contexts: readonly string[], namespace?: string) => Promise<Open>;
  /** A last sentence, where there is one. */
  close(): Promise<string | undefined>;
}

/** `wrong`: the flags are wrong (exit 64); else the thing itself is (exit 2). */
export type Open =
  | { readonly ok: true; readonly value: Opened }
  | { readonly ok: false; readonly because: string; readonly wrong: boolean };

/** What the flags do not say. */
export interface Wall {
  /** Somebody watches: a recording's clock runs, and large answers are read aside. Else it stands, and one waits. */
  readonly running: boolean;
  readonly demoFile: string;
  nowUnix(): number;
  /** For the proxy's variables. */
  readonly env: Env;
}
