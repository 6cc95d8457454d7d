import { podLines, stackTrouble } from '../domain/questions-pods.ts';
import type { Tenant } from '../domain/tenant.ts';
import { searchWindow } from '../domain/time.ts';
import type { Gaps } from './arrival.ts';
import { type LogRow, podOf, toRows } from './logs-rows.ts';
import type { LoadInput } from './view.ts';

/**
 * Lines of one pod, also of one that is gone: Loki keeps them longer than the cluster keeps the pod.
 *
 * A recording that was not asked for this pod may have been asked for what warns or fails beside it: then those lines of
 * it are shown.
 */
export async function linesOfPod(
  { clients, time, signal }: LoadInput,
  tenant: Tenant,
  of: { readonly pod: string; readonly namespace: string | undefined },
  limit: number,
  gaps: Gaps,
): Promise<{ rows: readonly LogRow[]; query: string | undefined }> {
  const query = podLines(of.namespace, of.pod);
  const loki = clients.loki(tenant);
  const answer = await loki.lines(query, searchWindow(time), { limit }, signal);
  if (answer.ok) return { query, rows: toRows(gaps.take(answer) ?? [], tenant, answer.origin, new Set()) };
  if (answer.fault.kind === 'not-recorded' && of.namespace !== undefined) {
    const trouble = stackTrouble(of.namespace);
    const beside = await loki.lines(trouble, searchWindow(time), { limit }, signal);
    if (beside.ok) {
      const lines = (gaps.take(beside) ?? []).filter((line) => podOf(line) === of.pod);
      return { query: `${trouble} of ${of.pod}`, rows: toRows(lines, tenant, beside.origin, new Set()) };
    }
  }
  gaps.take(answer);
  return { query, rows: [] };
}
