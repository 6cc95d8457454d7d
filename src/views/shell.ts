import type { JournalEntry } from '../clients/journal.ts';
import type { Backend } from '../domain/result.ts';
import { rfc3339OfNanos } from '../domain/time.ts';

/** A request as a shell line, or why that tool cannot ask it. */
export type ShellLine = { readonly ok: true; readonly line: string } | { readonly ok: false; readonly because: string };

/** What of a request a shell line is written from. */
export type AskedOnce = Pick<JournalEntry, 'source' | 'tenant' | 'path' | 'params' | 'headers'>;

const BASE: Readonly<Record<Backend, string>> = {
  mimir: '$MIMIR_URL',
  loki: '$LOKI_URL',
  tempo: '$TEMPO_URL',
  grafana: '$GRAFANA_URL',
  kubernetes: '$KUBERNETES_URL',
  agent: '$AGENT_URL',
};

const line = (words: readonly string[]): ShellLine => ({ ok: true, line: words.join(' ') });
const cannot = (because: string): ShellLine => ({ ok: false, because });

/**
 * The request by curl. The address is a variable of the reader's own, for what leads to the server (a token, a proxy) is
 * not ours to print.
 */
export function curlOf(entry: AskedOnce): string {
  const words = ['curl -sS -G'];
  if (entry.tenant !== null) words.push('-H', quoteForShell(`X-Scope-OrgID: ${entry.tenant}`));
  for (const [name, value] of Object.entries(entry.headers ?? {})) words.push('-H', quoteForShell(`${name}: ${value}`));
  for (const [name, value] of entry.params) words.push('--data-urlencode', quoteForShell(`${name}=${value}`));
  words.push(`"${BASE[entry.source.backend]}"${quoteForShell(entry.path)}`);
  return words.join(' ');
}

/**
 * The request by Loki's own tool.
 *
 * Fails: with a sentence, where it is not Loki's or logcli has no word for it.
 * Source: logcli reference, flags of query, instant-query, labels, series, detected-fields (Loki 3).
 */
export function logcliOf(entry: AskedOnce): ShellLine {
  if (entry.source.backend !== 'loki') return cannot(`logcli asks Loki only, not ${entry.source.backend}: take curl`);
  const api = /\/loki\/api\/v1\/(.*)$/.exec(entry.path)?.[1] ?? '';
  const of = paramsOf(entry);
  const org = entry.tenant === null ? [] : [`--org-id=${quoteForShell(entry.tenant)}`];
  const range = [...flag('from', timeOf(of('start'))), ...flag('to', timeOf(of('end')))];
  const asked = (command: string, flags: readonly string[], argument?: string): ShellLine =>
    line([
      `logcli --addr="${BASE.loki}"`,
      ...org,
      command,
      ...flags,
      ...(argument === undefined ? [] : [quoteForShell(argument)]),
    ]);
  const forward = of('direction') === 'forward' ? ['--forward'] : [];
  const limit = flag('limit', of('limit'));
  if (api === 'query_range')
    return asked('query', [...range, ...limit, ...forward, ...flag('step', durationOf(of('step')))], of('query'));
  if (api === 'query')
    return asked('instant-query', [...flag('now', timeOf(of('time'))), ...limit, ...forward], of('query'));
  if (api === 'labels') return asked('labels', range);
  if (api === 'series') return asked('series', range, of('match[]') ?? of('match'));
  if (api === 'detected_fields') return asked('detected-fields', [...range, ...limit], of('query'));
  const label = /^label\/([^/]+)\/values$/.exec(api)?.[1];
  return label === undefined
    ? cannot(`logcli has no word for ${entry.path}: take curl`)
    : asked('labels', range, decodeURIComponent(label));
}

/**
 * The request by Prometheus' own tool.
 *
 * An instant query is written as a range of one step: `query instant` takes no header before Prometheus 3, and so no
 * tenant. Fails: with a sentence, where it is not Mimir's or promtool could not say which tenant asks.
 * Source: promtool reference, flags of query range, series and labels.
 */
export function promtoolOf(entry: AskedOnce): ShellLine {
  const { backend } = entry.source;
  if (backend !== 'mimir') return cannot(`promtool asks Mimir only, not ${backend}: take curl`);
  const [, prefix = '', api = ''] = /^(.*?)\/api\/v1\/(.*)$/.exec(entry.path) ?? [];
  const of = paramsOf(entry);
  const server = `"${BASE.mimir}"${prefix === '' ? '' : quoteForShell(prefix)}`;
  const header = entry.tenant === null ? [] : [`--header=${quoteForShell(`X-Scope-OrgID=${entry.tenant}`)}`];
  const range = [...flag('start', of('start')), ...flag('end', of('end'))];
  const query = quoteForShell(of('query') ?? '');
  if (api === 'query_range')
    return line(['promtool query range', ...header, ...range, ...flag('step', durationOf(of('step'))), server, query]);
  if (api === 'query') return line(['promtool query range', ...header, ...onceAt(of('time')), server, query]);
  const label = /^label\/([^/]+)\/values$/.exec(api)?.[1];
  if (api !== 'series' && label === undefined) return cannot(`promtool has no word for ${entry.path}: take curl`);
  if (entry.tenant !== null)
    return cannot('promtool cannot name a tenant when it asks for series or labels: take curl');
  const match = entry.params
    .filter(([name]) => name === 'match[]')
    .map(([, value]) => `--match=${quoteForShell(value)}`);
  if (label === undefined) return line(['promtool query series', ...match, ...range, server]);
  return line(['promtool query labels', ...match, ...range, server, quoteForShell(decodeURIComponent(label))]);
}

/** One step at one time. promtool wants an end behind the start: a hair. */
const onceAt = (unix: string | undefined): readonly string[] =>
  unix === undefined
    ? []
    : [...flag('start', unix), ...flag('end', unix.includes('.') ? `${unix}1` : `${unix}.001`), '--step=1s'];

const paramsOf =
  ({ params }: AskedOnce) =>
  (name: string): string | undefined =>
    params.find(([each]) => each === name)?.[1];

const flag = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [`--${name}=${/^[\w.:+-]+$/.test(value) ? value : quoteForShell(value)}`];

/** Loki's nanoseconds, or seconds, as RFC 3339, which is all that logcli reads. */
function timeOf(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text)) return text;
  const nanos = text.length > 16 ? BigInt(text) : BigInt(Math.round(Number(text) * 1000)) * 1_000_000n;
  return rfc3339OfNanos(nanos).replace(/\.?0+Z$/, 'Z');
}

/** Both tools want a unit. */
const durationOf = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d+(\.\d+)?$/.test(text) ? `${text}s` : text;

/** One shell word. Control characters are spelled out, so that a paste cannot move the cursor or hide a command. */
function quoteForShell(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for.
  if (!/[\u0000-\u001f\u007f-\u009f]/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const spelled = text
    .replace(/[\\']/g, (found) => `\\${found}`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `$'${spelled}'`;
}
