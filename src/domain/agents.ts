import { type TenantFinding, tenantFindings } from './alloy-tenants.ts';
import { type Agent, sayPlace } from './fleet.ts';
import type { AgentReading } from './queues-read.ts';
import type { Verdict } from './result.ts';

/** What is known of one agent, judged. */
export interface AgentState {
  readonly verdict: Verdict;
  readonly because: string;
  readonly next?: string;
  readonly findings: readonly TenantFinding[];
}

/**
 * Say how an agent is: does it answer, did it load its configuration, and as whom does it send.
 *
 * Fails:  never. `reading` undefined: it did not answer.
 * Source: Alloy's `prometheus.remote_write` stays healthy while every push fails, so that its health proves nothing.
 */
export function judgeAgent(agent: Agent, reading: AgentReading | undefined): AgentState {
  const findings = agent.config ? tenantFindings(agent.config.config) : [];
  const place = (finding: TenantFinding): string => (agent.config ? ` (${sayPlace(agent.config, finding.line)})` : '');
  const [worst] = [...findings].sort((left, right) => ORDER.indexOf(left.verdict) - ORDER.indexOf(right.verdict));
  const judged = (verdict: Verdict, because: string, next?: string): AgentState => ({
    verdict,
    because,
    next,
    findings,
  });
  if (!agent.ready) return judged('bad', 'the pod is not ready', 'look at the pod: :pods');
  if (reading?.configLoaded === false)
    return judged(
      'bad',
      'its last configuration did not load: it runs with the one before',
      'read its log: :pods, then l',
    );
  if (worst?.verdict === 'bad') {
    const others = findings.filter(({ verdict }) => verdict === 'bad').length - 1;
    return judged('bad', `${worst.because}${place(worst)}${others > 0 ? `, and ${others} more` : ''}`, worst.next);
  }
  if (reading === undefined) return judged('unknown', 'it does not answer', 'see the gaps');
  if ((reading.unhealthy ?? 0) > 0)
    return judged('warn', `${reading.unhealthy} components are not healthy`, 'open it: enter');
  if (worst?.verdict === 'warn') return judged('warn', `${worst.because}${place(worst)}`, worst.next);
  if (reading.configLoaded === undefined)
    return judged(
      'unknown',
      'ready; whether its configuration is loaded it does not say',
      'read its log: :pods, then l',
    );
  return judged('good', 'ready, and its configuration is loaded');
}

const ORDER: readonly Verdict[] = ['bad', 'warn', 'unknown', 'good'];
