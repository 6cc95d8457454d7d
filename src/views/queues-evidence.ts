import { parseAlloy } from '../domain/alloy.ts';
import { type AlloyEndpoint, endpointsOf } from '../domain/alloy-endpoints.ts';
import { streams, troubleLines } from '../domain/questions.ts';
import type { QueueRow } from '../domain/queues-sight.ts';
import { parseTenant } from '../domain/tenant.ts';
import { searchWindow } from '../domain/time.ts';
import type { Gaps } from './arrival.ts';
import { logKey, type Seen } from './queues-rows.ts';
import type { LoadInput } from './view.ts';

/** Tenants whose logs are asked at most, and components. */
const ASKED_MAX = 5;

/** No metric of remote write carries a status: whoever fails is looked into, as far as that costs little. */
export async function gatherEvidence(
  input: LoadInput,
  seen: Seen,
  rows: readonly QueueRow[],
  gaps: Gaps,
): Promise<void> {
  const failing = rows.filter(({ judged, evidence }) => {
    const held = judged.cause === 'refused' || judged.cause === 'limited' || judged.cause === 'remote';
    return held && evidence.header?.state !== 'missing';
  });
  await Promise.all([readLogs(input, seen, rows, failing, gaps), readComponents(input, seen, failing)]);
}

/** Agents whose pushes fail for a reason that nothing else tells: their own log may, where Loki has it. */
async function readLogs(
  input: LoadInput,
  seen: Seen,
  rows: readonly QueueRow[],
  failing: readonly QueueRow[],
  gaps: Gaps,
): Promise<void> {
  const asked = new Map(failing.slice(0, ASKED_MAX).map((row) => [`${row.tenant} ${row.namespace}`, row]));
  await Promise.all(
    [...asked.values()].map(async ({ tenant, namespace }) => {
      const parsed = parseTenant(tenant ?? '');
      if (!parsed.ok || namespace === '') return;
      const query = troubleLines(streams({ namespaceLabel: 'namespace', namespaces: [namespace] }), 'level');
      const lines = gaps.take(
        await input.clients.loki(parsed.tenant).lines(query, searchWindow(input.time), { limit: 100 }, input.signal),
      );
      for (const { labels, line } of lines ?? []) {
        const key = writerOf(rows, { tenant, namespace }, labels);
        if (key !== undefined) seen.logLines.set(key, [...(seen.logLines.get(key) ?? []), line]);
      }
    }),
  );
}

/** Whose line it is, by `logKey`: where pods of one name send as one tenant, only the label `cluster` can tell. */
function writerOf(
  rows: readonly QueueRow[],
  { tenant, namespace }: Pick<QueueRow, 'tenant' | 'namespace'>,
  { pod, cluster }: Readonly<Record<string, string>>,
): string | undefined {
  const named = rows.filter(
    (row) => row.agent === pod && row.namespace === namespace && (row.tenant === undefined || row.tenant === tenant),
  );
  const writers = new Set(named.map(logKey));
  if (writers.size < 2) return [...writers][0];
  const labelled = named.filter((row) => row.context === cluster || row.cluster === cluster);
  const told = new Set(cluster === undefined ? [] : labelled.map(logKey));
  return told.size === 1 ? [...told][0] : undefined;
}

/**
 * Where no ConfigMap tells as whom an Alloy sends, its own API shows the component's arguments. It is a hint: an API that
 * does not answer is no gap.
 */
async function readComponents(input: LoadInput, seen: Seen, failing: readonly QueueRow[]): Promise<void> {
  const asked = failing
    .filter(({ queue, evidence }) => queue?.build?.name === 'alloy' && evidence.header === undefined)
    .slice(0, ASKED_MAX);
  await Promise.all(
    asked.map(async ({ agent: pod, context, queue }) => {
      const agent = seen.agents.find((each) => each.pod === pod && each.context === context);
      if (agent === undefined || queue === undefined) return;
      const answer = await input.clients.agents.component(agent, queue.component, input.signal);
      const endpoint = answer.ok ? endpointIn(queue.component, answer.value.arguments, queue.endpoint) : undefined;
      if (endpoint) seen.told.set(`${context}/${pod}/${queue.id}`, endpoint);
    }),
  );
}

/** The arguments are Alloy's syntax again: what reads a configuration reads them. */
function endpointIn(component: string, lines: readonly string[], url: string): AlloyEndpoint | undefined {
  const at = component.lastIndexOf('.');
  const text = `${component.slice(0, at)} "${component.slice(at + 1)}" {\n${lines.join('\n')}\n}\n`;
  const found = endpointsOf(parseAlloy(text));
  return found.find((endpoint) => endpoint.url === url) ?? (found.length === 1 ? found[0] : undefined);
}
