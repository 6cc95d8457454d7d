import type { FlagName } from './flags.ts';

/** One key of a profile, and the flag whose place it takes. */
export interface ProfileKey {
  readonly name: string;
  /** `secret`: where a secret is, never the secret itself. */
  readonly kind: 'text' | 'list' | 'map' | 'switch' | 'file' | 'secret' | 'group';
  readonly about: string;
  readonly flag?: FlagName;
  /** Keys below it. */
  readonly keys?: readonly ProfileKey[];
}

/** Everything a profile may say. The reader, the JSON Schema and the documents are made from this table. */
export const PROFILE_KEYS: readonly ProfileKey[] = [
  { name: 'contexts', kind: 'list', flag: 'context', about: 'contexts of the kubeconfig: one central, many remote' },
  { name: 'kubeconfig', kind: 'file', flag: 'kubeconfig', about: 'instead of KUBECONFIG and ~/.kube/config' },
  {
    name: 'namespace',
    kind: 'text',
    flag: 'namespace',
    about: 'of two stacks the one there; where to look after a 403',
  },
  { name: 'mimir', kind: 'text', flag: 'mimir-url', about: "Mimir's URL" },
  { name: 'loki', kind: 'text', flag: 'loki-url', about: "Loki's URL" },
  { name: 'tempo', kind: 'text', flag: 'tempo-url', about: "Tempo's URL" },
  { name: 'grafana', kind: 'text', flag: 'grafana-url', about: "Grafana's URL; optional" },
  { name: 'agents', kind: 'list', flag: 'agent-url', about: 'URLs of agents outside the clusters' },
  { name: 'tenants', kind: 'list', flag: 'tenant', about: 'whose data is shown' },
  {
    name: 'headers',
    kind: 'map',
    flag: 'header',
    about: 'sent with every request to a URL; never X-Scope-OrgID, never a secret',
  },
  {
    name: 'tls',
    kind: 'group',
    about: 'how servers prove who they are, and we to them',
    keys: [
      { name: 'ca', kind: 'file', flag: 'ca-file', about: 'trust the authorities in this PEM file' },
      { name: 'cert', kind: 'file', flag: 'cert-file', about: 'client certificate (PEM)' },
      { name: 'key', kind: 'file', flag: 'key-file', about: 'its key (PEM)' },
      { name: 'insecure', kind: 'switch', flag: 'insecure-skip-verify', about: 'take any certificate' },
    ],
  },
  { name: 'basicAuth', kind: 'secret', flag: 'basic-auth-file', about: 'USER:PASSWORD' },
  { name: 'bearerToken', kind: 'secret', flag: 'bearer-token-file', about: 'the token' },
  { name: 'grafanaToken', kind: 'secret', flag: 'grafana-token-file', about: "Grafana's service account token" },
];

/** Where a secret is. One of the three. */
export const SECRET_KEYS: readonly ProfileKey[] = [
  { name: 'file', kind: 'file', about: 'in this file' },
  { name: 'env', kind: 'text', about: 'in this environment variable' },
  { name: 'command', kind: 'text', about: 'what this command prints, such as "pass show mimir"' },
];

type Schema = { readonly [key: string]: unknown };

/** The JSON Schema of the file, for editors. */
export function profileSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'lgtm-tui configuration',
    type: 'object',
    additionalProperties: false,
    properties: {
      profile: { type: 'string', description: 'the profile that is used where --profile names none' },
      profiles: { type: 'object', additionalProperties: groupOf(PROFILE_KEYS), description: 'profiles by name' },
    },
  };
}

const groupOf = (keys: readonly ProfileKey[]): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(keys.map((key) => [key.name, { ...schemaOf(key), description: key.about }])),
});

function schemaOf(key: ProfileKey): Schema {
  switch (key.kind) {
    case 'list':
      return { type: 'array', items: { type: 'string' } };
    case 'map':
      return { type: 'object', additionalProperties: { type: 'string' } };
    case 'switch':
      return { type: 'boolean' };
    case 'secret':
      return { ...groupOf(SECRET_KEYS), minProperties: 1, maxProperties: 1 };
    case 'group':
      return groupOf(key.keys ?? []);
    default:
      return { type: 'string' };
  }
}
