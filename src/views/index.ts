import { agents } from './agents.ts';
import { component, components } from './agents-components.ts';
import { cardinality } from './cardinality.ts';
import { chain } from './chain.ts';
import { contexts } from './contexts.ts';
import { drain } from './drain.ts';
import { events } from './events.ts';
import { exemplars } from './exemplars.ts';
import { header } from './header.ts';
import { heatmap } from './heatmap.ts';
import { labels } from './labels.ts';
import { limits } from './limits.ts';
import { logs } from './logs.ts';
import { nodes } from './nodes.ts';
import { patterns } from './patterns.ts';
import { pod } from './pod.ts';
import { pods } from './pods.ts';
import { queues } from './queues.ts';
import { requests } from './requests.ts';
import { rule } from './rule.ts';
import { slow } from './slow.ts';
import { spread } from './spread.ts';
import { stack } from './stack.ts';
import { tenants } from './tenants.ts';
import { trace } from './trace.ts';
import { traces } from './traces.ts';
import { values } from './values.ts';
import type { View } from './view.ts';
import { why } from './why.ts';
import { writePathView } from './write-path.ts';

/** Every screen there is, in menu order. The only registry: console, shell, help and tests read it. */
export const views: readonly View<unknown>[] = [
  slow,
  exemplars,
  heatmap,
  traces,
  trace,
  logs,
  patterns,
  chain,
  tenants,
  header,
  why,
  stack,
  pods,
  pod,
  nodes,
  events,
  contexts,
  spread,
  drain,
  cardinality,
  labels,
  values,
  rule,
  limits,
  queues,
  writePathView,
  agents,
  components,
  component,
  requests,
];

/** The view a console opens on. */
export const home = 'slow';
