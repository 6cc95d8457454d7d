import type { LastReplica } from '../domain/last-replicas.ts';
import { type LossAnswer, worstFirst } from '../domain/loss-answer.ts';
import type { Json } from '../domain/result.ts';
import type { ComponentSpread } from '../domain/spread-model.ts';
import { nodesOf, type SpreadAnswer } from './spread-load.ts';
import type { SpreadRow } from './spread-row.ts';

/** Answers for single nodes, zones and pairs that JSON carries at most. */
const LOSSES_MAX = 500;

export const rfIn = ({ view, mode }: ComponentSpread): string => {
  if (mode === 'partitions') return 'none: partitions with owners';
  if (mode === 'none') return 'none: no keys are placed by its ring';
  const { replicationFactor, zoneAware } = view.settings;
  return `${replicationFactor ?? 'not known'}${zoneAware ? ', zone-aware' : ''}`;
};

/** The contract's words for how a component keeps its data. */
const modeOf = ({ component, mode, replicas }: ComponentSpread): string | null => {
  if (component.product === 'tempo') return component.id === 'tempo ingester' ? 'ingesters' : 'live-store';
  if (component.product === 'mimir') return mode === 'partitions' ? 'ingest-storage' : 'classic';
  const label = replicas.find(({ pod }) => pod)?.pod?.labels['app.kubernetes.io/component'] ?? '';
  return LOKI_MODES[label] ?? null;
};

/** By the component that its ingesters run as. Source: apis.md 6. */
const LOKI_MODES: Readonly<Record<string, string>> = {
  ingester: 'distributed',
  write: 'simple-scalable',
  'single-binary': 'single-binary',
};

/** A row by the contract. Node rows are only for the screen. */
export function spreadRecord(row: SpreadRow): { readonly [field: string]: Json | undefined } {
  if (row.kind !== 'component')
    return {
      node: row.kind === 'node' ? row.node : null,
      verdict: row.verdict,
      because: row.because,
      lastReplicas: row.kind === 'nowhere' ? [] : row.last.map(({ workload }) => workload),
    };
  const { spread } = row;
  const known = spread.mode === 'classic' && spread.component.ring;
  return {
    component: spread.component.id,
    ...(spread.used?.tenant !== undefined && {
      tenant: spread.used.tenant,
      shard: { size: spread.used.size, writes: [...spread.used.writes], reads: [...spread.used.reads] },
    }),
    mode: modeOf(spread),
    replicationFactor: known ? (spread.view.settings.replicationFactor ?? null) : null,
    replicas: spread.replicas.map((replica) => ({
      id: replica.id,
      pod: replica.pod?.name ?? null,
      node: replica.node ?? null,
      zone: replica.zone ?? null,
      state: replica.member?.state ?? null,
      heartbeatAgeSeconds: replica.heartbeatAgeSeconds ?? null,
      ready: replica.pod?.ready ?? null,
      restarts: replica.pod?.restarts ?? null,
      tokenShare: replica.tokenShare ?? null,
      counts: replica.alive,
      because: replica.because,
    })),
    coLocated: spread.coLocated,
    rule: { ...spread.rule },
    pdb: {
      state: spread.pdb.state,
      name: spread.pdb.name,
      allows: spread.pdb.allows ?? null,
      because: spread.pdb.because,
    },
    verdict: row.verdict,
    cause: spread.cause,
    because: row.because,
    next: spread.next,
    findings: spread.findings.map((finding) => ({ ...finding })),
  };
}

const lossJson = ({ verdict, because, ...loss }: LossAnswer): Json => ({ ...loss, verdict, because });

const lastJson = ({ short: _short, ...last }: LastReplica): Json => ({ ...last, pods: [...last.pods] });

/** Empty where these nodes take no last replica. */
export function lastReplicasOf({ last }: Pick<SpreadAnswer, 'last'>, nodes: readonly string[]): readonly Json[] {
  const found = last(new Set(nodes));
  return found.length === 0 ? [] : [{ nodes, workloads: found.map(lastJson) }];
}

/** `loss` and `lastReplicas`: of the marked nodes where some are marked, else of every node, zone and the worst pairs. */
export function extrasOf({ components, cluster, lost, last, down }: SpreadAnswer): Readonly<Record<string, Json>> {
  if (lost.size > 0)
    return {
      loss: components.flatMap(({ losses }) => (losses ? [lossJson(losses.none)] : [])),
      lastReplicas: lastReplicasOf({ last }, [...lost]),
      down: down.map(lastJson),
    };
  const all = components.flatMap(({ losses }) =>
    losses ? [...losses.byNode.values(), ...losses.byZone.values(), ...losses.worstPairs] : [],
  );
  return {
    loss: worstFirst(all).slice(0, LOSSES_MAX).map(lossJson),
    lastReplicas: nodesOf(cluster).flatMap(({ name }) => lastReplicasOf({ last }, [name])),
    down: down.map(lastJson),
  };
}
