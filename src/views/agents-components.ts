import type { AlloyComponent } from '../clients/agents-client.ts';
import type { Agent } from '../domain/fleet.ts';
import type { Fault, Loaded, Origin } from '../domain/result.ts';
import { becauseOfGaps, makeGaps } from './arrival.ts';
import { go, type LoadInput, type Tone, view } from './view.ts';

interface ComponentRow {
  readonly component: AlloyComponent;
  readonly agent: Agent;
  readonly origin: Origin;
}

const TONES: Readonly<Record<string, Tone>> = { healthy: 'good', unhealthy: 'bad', exited: 'bad' };
const toneOf = ({ component }: ComponentRow): Tone => TONES[component.health] ?? 'unknown';

/** Of a component that only sends, health says that its configuration is valid, and no more. */
export const HEALTH_SAYS_NOTHING =
  /^(prometheus\.remote_write|prometheus\.write\.queue|loki\.write|otelcol\.exporter\.)/;
const SAID = 'healthy also while every push fails: :queues tells';

/** Components of one Alloy, from its own API. */
export const components = view<ComponentRow>({
  id: 'alloy-components',
  aliases: ['ac'],
  about: 'components of one Alloy and their health',
  everySeconds: 30,
  consoleOnly: true,
  load: loadComponents,
  body: {
    kind: 'table',
    rowId: ({ component }) => component.id,
    columns: [
      {
        id: 'health',
        title: 'HEALTH',
        cell: ({ component }) => component.health,
        tone: toneOf,
        letter: 'H',
        keep: 120,
        widthMin: 9,
      },
      {
        id: 'component',
        title: 'COMPONENT',
        cell: ({ component }) => component.id,
        letter: 'C',
        keep: 110,
        widthMin: 20,
        widthMax: 60,
        grow: true,
      },
      { id: 'said', title: 'IT SAYS', cell: saidOf, letter: 'S', keep: 100, widthMin: 16, widthMax: 120, grow: true },
      {
        id: 'sends',
        title: 'SENDS TO',
        cell: ({ component }) => component.sendsTo.join(', '),
        letter: 'N',
        keep: 60,
        widthMin: 12,
        widthMax: 60,
        grow: true,
      },
    ],
  },
  keys: [
    {
      key: 'enter',
      does: 'its arguments and exports',
      on: ({ component, agent }) =>
        go('alloy-component', { context: agent.context, agent: agent.pod, component: component.id }),
    },
  ],
  record: ({ component }) => ({ ...component }),
  origin: ({ origin }) => origin,
  details: (row) => [
    ['component', row.component.id],
    ['health', `${row.component.health} since ${row.component.updated}`],
    ['it says', saidOf(row)],
    ['sends to', row.component.sendsTo.join(', ') || 'nobody'],
  ],
  crumb: (params) => params.agent ?? '',
});

function saidOf({ component }: ComponentRow): string {
  return HEALTH_SAYS_NOTHING.test(component.id)
    ? [component.message, SAID].filter(Boolean).join('; ')
    : component.message;
}

const ORDER = ['unhealthy', 'exited', 'unknown', 'healthy'];

async function* loadComponents(input: LoadInput): AsyncGenerator<Loaded<ComponentRow>> {
  const gaps = makeGaps();
  const agent = await findAgent(input, gaps.note);
  if (agent === undefined) return yield nobody(input, gaps.list);
  const answer = await input.clients.agents.components(agent, input.signal);
  const found = gaps.take(answer);
  const rows = answer.ok ? (found ?? []).map((component) => ({ component, agent, origin: answer.origin })) : [];
  rows.sort((a, b) => ORDER.indexOf(a.component.health) - ORDER.indexOf(b.component.health));
  const because = becauseOfGaps('its API tells no components; its ConfigMap stands in :agents, d', gaps.list);
  yield { rows, gaps: gaps.list, complete: true, because: rows.length > 0 ? undefined : because };
}

async function findAgent(
  { clients, params, signal }: LoadInput,
  note: (fault: Fault) => void,
): Promise<Agent | undefined> {
  const { agents, gaps } = await clients.agents.fleet(signal);
  for (const gap of gaps) note(gap);
  return agents.find(({ pod, context }) => pod === params.agent && (!params.context || context === params.context));
}

const nobody = ({ params }: LoadInput, gaps: readonly Fault[]): Loaded<never> => ({
  rows: [],
  gaps,
  complete: true,
  because: `no agent is called ${params.agent ?? 'so'}: :agents lists them`,
});

interface LineRow {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly origin: Origin;
}

/** One component: what it was given, and what it gives. */
export const component = view<LineRow>({
  id: 'alloy-component',
  aliases: [],
  about: 'arguments and exports of one component of Alloy',
  everySeconds: 0,
  consoleOnly: true,
  load: loadComponent,
  body: {
    kind: 'report',
    rowId: ({ id }) => id,
    label: ({ label }) => label,
    text: ({ text }) => text,
    tone: () => 'plain',
  },
  keys: [],
  record: ({ label, text }) => ({ label, text }),
  origin: ({ origin }) => origin,
  details: ({ label, text }) => [[label, text]],
  crumb: (params) => params.component ?? '',
});

async function* loadComponent(input: LoadInput): AsyncGenerator<Loaded<LineRow>> {
  const gaps = makeGaps();
  const agent = await findAgent(input, gaps.note);
  if (agent === undefined) return yield nobody(input, gaps.list);
  const answer = await input.clients.agents.component(agent, input.params.component ?? '', input.signal);
  const found = gaps.take(answer);
  if (found === undefined || !answer.ok)
    return yield {
      rows: [],
      gaps: gaps.list,
      complete: true,
      because: becauseOfGaps('its API does not tell', gaps.list),
    };
  const { origin } = answer;
  const lines = (label: string, texts: readonly string[]): readonly LineRow[] =>
    texts.map((text, at) => ({ id: `${label} ${at}`, label: at === 0 ? label : '', text, origin }));
  const rows = [
    ...lines('health', [`${found.health} ${found.message}`.trim()]),
    ...(HEALTH_SAYS_NOTHING.test(found.id) ? lines('but', [SAID]) : []),
    ...lines('arguments', found.arguments),
    ...lines('exports', found.exports),
  ];
  yield { rows, gaps: gaps.list, complete: true };
}
