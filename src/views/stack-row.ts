import type { Component } from '../domain/discover.ts';
import type { Agent } from '../domain/fleet.ts';
import type { Version } from '../domain/product.ts';
import type { Reach } from '../domain/reach.ts';
import type { Origin } from '../domain/result.ts';

export interface StackRow extends Component {
  readonly zoneAware: boolean;
  /** Nodes of its pods. */
  readonly nodes: readonly string[];
  readonly reach?: Reach;
  /** Of the last question that went to it. */
  readonly roundTripSeconds?: number;
  readonly lastFault?: string;
  /** Of ingesters: copies that are kept of what was just received. */
  readonly replicationFactor?: number;
  /** As the image or the label has it. */
  readonly declared?: Version;
  /** Of an agent's workload. */
  readonly agents: readonly Agent[];
  /** What its process says that it runs, where that is not what is declared. */
  readonly really?: string;
  readonly origin: Origin;
}
