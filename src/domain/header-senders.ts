import type { HeaderCause, HeaderVerdict } from './header-told.ts';

/** Who sends to one URL, by the agents' configurations. */
export interface Senders {
  readonly tenants: readonly string[];
  /** A sentence for each agent that sends no header, with file and line. */
  readonly bare: readonly string[];
  /** Of so many endpoints the text does not tell. */
  readonly unknown: number;
}

/** What becomes of data that is sent without a header, by what the way in was seen to do. */
const FATE: Partial<Readonly<Record<HeaderCause, (to: string | undefined) => string>>> = {
  enforced: () => 'there it is refused: what is sent is lost',
  'unknown-tenant': () => 'there it is refused: what is sent is lost',
  silent: () => 'there it is refused: what is sent is lost',
  defaulted: (to) => `there it is let in: its data lies in ${to ?? 'a default tenant'}`,
  'multitenancy-off': () => 'there the header is ignored: all data lies together',
  overridden: () => 'there a tenant is put in its place',
};

/**
 * Judge one URL of agents: who sends there without a header, and what the way in does with that.
 *
 * Fails: never; a way in that was not asked from here is unknown, unless an agent is seen to send no header.
 */
export function judgeSenders({ tenants, bare, unknown }: Senders, judged: HeaderVerdict): HeaderVerdict {
  const [first] = bare;
  if (first !== undefined) {
    const more = bare.length > 1 ? `; so do ${bare.length - 1} more` : '';
    const fate = FATE[judged.cause]?.(judged.to) ?? judged.because;
    return {
      ...judged,
      cause: judged.cause === 'unknown' ? 'no-header' : judged.cause,
      verdict: 'bad',
      because: `header missing: ${first}${more}; ${fate}`,
      next: 'add headers = { "X-Scope-OrgID" = "TENANT" } there; lgtm-tui queues shows what is lost',
    };
  }
  const who = tenants.join(', ') || (unknown > 0 ? 'somebody the text does not tell' : 'nobody');
  return { ...judged, because: `${judged.because}; agents send there as ${who}` };
}
