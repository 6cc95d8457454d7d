import { withoutPassword } from '../domain/password.ts';
import type { AgentQuestion } from './agents-ask.ts';
import type { AlloyComponent } from './agents-client.ts';
import { decodeJson, each, fieldsOf, parseJson, textOf, textsOf } from './decode.ts';
import type { Decoded } from './decoded.ts';

const API = '/api/v0/web';

/** Alloy's components, without arguments. The API is internal to Alloy: where it is not as it was, that is a fault and no more. */
export const componentsQuestion: AgentQuestion<readonly AlloyComponent[]> = {
  path: `${API}/components`,
  params: [],
  decode(text) {
    const parsed = parseJson(text);
    return parsed.ok ? each(parsed.value, 'components', componentOf) : parsed;
  },
};

/** One component with its arguments and exports. */
export const componentQuestion = (id: string): AgentQuestion<AlloyComponent> => ({
  path: `${API}/components/${encodeURIComponent(id)}`,
  params: [],
  decode: (text) =>
    decodeJson(text, (answer): Decoded<AlloyComponent> => {
      const found = componentOf(answer);
      return found ? { ok: true, value: found } : { ok: false, said: 'no component in the answer' };
    }),
});

/** Source: Alloy internal/component/component_provider.go, MarshalJSON of Info. */
function componentOf(item: unknown): AlloyComponent | undefined {
  const fields = fieldsOf(item);
  const id = textOf(fields?.localID);
  if (!fields || id === undefined) return undefined;
  const health = fieldsOf(fields.health);
  const edges = textsOf(fields.dataFlowEdgesTo, 'edges');
  return {
    id,
    name: textOf(fields.name) ?? id,
    health: textOf(health?.state) ?? 'unknown',
    message: textOf(health?.message) ?? '',
    updated: textOf(health?.updatedTime) ?? '',
    sendsTo: edges.ok ? edges.value : [],
    arguments: linesOf(fields.arguments),
    exports: linesOf(fields.exports),
  };
}

const DEPTH_MAX = 20;

/** `arguments` is a list of attributes and blocks, not an object; it is shown as Alloy's own syntax. */
function linesOf(body: unknown, depth = 0): readonly string[] {
  if (!Array.isArray(body) || depth > DEPTH_MAX) return [];
  return body.flatMap((item: unknown): readonly string[] => {
    const fields = fieldsOf(item);
    const name = textOf(fields?.name) ?? '';
    const indent = '  '.repeat(depth);
    if (fields?.type === 'attr') return [`${indent}${name} = ${writtenOf(fields.value, depth)}`];
    const label = textOf(fields?.label);
    const head = label ? `${name} "${label}"` : name;
    return [`${indent}${head} {`, ...linesOf(fields?.body, depth + 1), `${indent}}`];
  });
}

/** A name as it is, any other key in quotes. */
const keyOf = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key));

/** Source: Alloy syntax/encoding/alloyjson: every value carries its type. */
function writtenOf(value: unknown, depth: number): string {
  const fields = fieldsOf(value);
  const inner = fields?.value;
  if (depth > DEPTH_MAX) return '…';
  switch (fields?.type) {
    case 'string':
      return JSON.stringify(typeof inner === 'string' && inner.includes('://') ? withoutPassword(inner) : inner);
    case 'array':
      return `[${(Array.isArray(inner) ? inner : []).map((item) => writtenOf(item, depth + 1)).join(', ')}]`;
    case 'object': {
      const entries = (Array.isArray(inner) ? inner : []).map(fieldsOf);
      return `{ ${entries.map((entry) => `${keyOf(textOf(entry?.key) ?? '')} = ${writtenOf(entry?.value, depth + 1)}`).join(', ')} }`;
    }
    case 'null':
      return 'null';
    default:
      return typeof inner === 'string' ? inner : JSON.stringify(inner ?? null);
  }
}
