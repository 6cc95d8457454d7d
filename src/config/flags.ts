/** A flag that every command knows. Help, README, completion and the man page are printed from this table. */
export interface Flag {
  /** Without the dashes; `LGTM_TUI_` and the name in capitals is its variable. */
  readonly name: string;
  /** One letter, without the dash. */
  readonly short?: string;
  /** What the value is called in the help; absent for a switch. */
  readonly value?: string;
  readonly repeats?: true;
  readonly about: string;
  readonly group: FlagGroup;
  /** Where it means something: everywhere unless said. */
  readonly only?: 'command' | 'console';
  /** False where no variable stands for it. */
  readonly variable?: false;
}

export type FlagGroup = 'whose' | 'where' | 'when' | 'how' | 'more';

/** Headings of the help, in its order. */
export const FLAG_GROUPS: Readonly<Record<FlagGroup, string>> = {
  whose: 'Whose data',
  where: 'Where it is',
  when: 'Which time',
  how: 'How it is shown',
  more: 'More',
};

export const FLAGS = [
  {
    name: 'tenant',
    value: 'T',
    repeats: true,
    group: 'whose',
    about: 'ask as this tenant (X-Scope-OrgID); on a recording all of its tenants unless given',
  },
  { name: 'mimir-url', value: 'URL', group: 'where', about: 'Mimir: its root, its /prometheus or its push URL' },
  { name: 'loki-url', value: 'URL', group: 'where', about: 'Loki: its root or its push URL' },
  { name: 'tempo-url', value: 'URL', group: 'where', about: 'Tempo: its root, port 3200 unless changed' },
  { name: 'grafana-url', value: 'URL', group: 'where', about: 'Grafana: whose dashboards name a metric; optional' },
  {
    name: 'agent-url',
    value: 'URL',
    repeats: true,
    group: 'where',
    about: 'an agent outside the clusters: its root or its /metrics',
  },
  {
    name: 'context',
    value: 'C',
    repeats: true,
    group: 'where',
    about: 'context of the kubeconfig; the current one, on a recording all, unless given',
  },
  { name: 'kubeconfig', value: 'FILE', group: 'where', about: 'instead of KUBECONFIG and ~/.kube/config' },
  { name: 'namespace', value: 'NS', group: 'where', about: 'of two stacks the one there; where to look after a 403' },
  {
    name: 'record',
    value: 'FILE',
    group: 'where',
    about: 'write what servers answer into a new file, for --replay; secrets are taken out',
  },
  { name: 'profile', value: 'NAME', group: 'where', about: 'a profile of the configuration file' },
  { name: 'config', value: 'FILE', group: 'where', about: 'instead of ~/.config/lgtm-tui/config.yaml' },
  { name: 'replay', value: 'FILE', group: 'where', about: 'a recording answers instead of servers' },
  { name: 'demo', group: 'where', about: 'the bundled recording of a real incident answers' },
  {
    name: 'header',
    value: 'K=V',
    repeats: true,
    group: 'where',
    about: 'send this header too; X-Scope-OrgID is --tenant, secrets are files',
  },
  { name: 'bearer-token-file', value: 'FILE', group: 'where', about: 'the token that lets you in is in this file' },
  { name: 'basic-auth-file', value: 'FILE', group: 'where', about: 'USER:PASSWORD is in this file' },
  {
    name: 'grafana-token-file',
    value: 'FILE',
    group: 'where',
    about: "Grafana's own service account token is in this file",
  },
  { name: 'ca-file', value: 'FILE', group: 'where', about: 'trust the authorities in this PEM file' },
  { name: 'cert-file', value: 'FILE', group: 'where', about: 'client certificate (PEM), with --key-file' },
  { name: 'key-file', value: 'FILE', group: 'where', about: 'key of the client certificate (PEM)' },
  { name: 'insecure-skip-verify', group: 'where', about: 'take any certificate' },
  {
    name: 'since',
    value: '15m',
    group: 'when',
    about: 'how far back; 15m for series, 5m for logs and searches unless given',
  },
  {
    name: 'at',
    value: 'TIME',
    group: 'when',
    about: 'the end: RFC 3339, Unix seconds, 03:12, or +12m into a recording',
  },
  { name: 'refresh', value: '15s', group: 'when', about: 'ask again this often; a command only with --watch' },
  { name: 'utc', group: 'how', about: 'times in UTC, not in local time' },
  { name: 'ascii', group: 'how', about: 'no character outside ASCII, as with LANG=C' },
  { name: 'no-color', group: 'how', about: 'no colours, as with NO_COLOR' },
  {
    name: 'screen-reader',
    group: 'how',
    only: 'console',
    about: 'plain text for a screen reader, as with INK_SCREEN_READER',
  },
  {
    name: 'escape-timeout',
    value: '100ms',
    group: 'how',
    only: 'console',
    about: 'how long an escape may be the beginning of an arrow key; 50ms, over SSH 100ms unless given',
  },
  { name: 'output', short: 'o', value: 'FORMAT', group: 'how', only: 'command', about: 'text, json, csv or markdown' },
  { name: 'watch', group: 'how', only: 'command', about: 'print again and again; json: one object a line' },
  { name: 'requests', group: 'how', only: 'command', about: 'say on stderr what was asked' },
  { name: 'help', short: 'h', group: 'more', variable: false, about: 'this, or of one command: lgtm-tui slow --help' },
  { name: 'version', group: 'more', variable: false, about: 'the version' },
] as const satisfies readonly Flag[];

export type FlagName = (typeof FLAGS)[number]['name'];

/** What a flag's variable is called: `LGTM_TUI_MIMIR_URL`. */
export const variableOf = (flag: { readonly name: string }): string =>
  `LGTM_TUI_${flag.name.toUpperCase().replaceAll('-', '_')}`;
