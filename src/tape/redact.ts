import { redactConfig } from './redact-config.ts';
import { isSecretName, REDACTED, SECRET_NAME } from './secret-name.ts';

/** Where a text stands decides what may be in it. */
export interface Place {
  readonly component: string;
  readonly path: string;
}

/** A JSON string's inside; and the same in JSON that stands in a JSON string, as log lines and annotations do. */
const INSIDE = String.raw`(?:[^"\\]|\\.)*`;
const INSIDE_ESCAPED = String.raw`(?:[^"\\]|\\\\(?:\\.|[^\\])|\\[^"\\])*`;

/** What stays, and the value after it, in both kinds of JSON. `Q` stands for the quote, `_` for space. */
const quoted = (before: string): readonly RegExp[] =>
  (
    [
      ['"', INSIDE],
      [String.raw`\\"`, INSIDE_ESCAPED],
    ] as const
  ).map(([quote, inside]) => {
    const start = before.replaceAll('Q', quote).replaceAll('_', String.raw`\s{0,4}`);
    return new RegExp(`(${start}${quote})(${inside})(?=${quote})`, 'gi');
  });

const NAME = String.raw`[\w.\- ]{0,200}?${SECRET_NAME}`;

/** Values whose name says so. References to a Secret stay: only what stands there itself is taken. */
const NAMED: readonly RegExp[] = [
  ...quoted(`${SECRET_NAME}Q_:_`),
  // A container's variable, and a span's attribute.
  ...quoted(String.raw`QnameQ_:_Q${NAME}Q_,\s{0,40}QvalueQ_:_`),
  ...quoted(String.raw`QkeyQ_:_Q${NAME}Q_,\s{0,40}QvalueQ_:_\{\s{0,40}QstringValueQ_:_`),
  // `["--password", "…"]`
  ...quoted(String.raw`Q--?${NAME}Q_,\s{0,40}`),
];

/** `password=…`, `api_key: …` in running text; in quotes up to the quote, else up to the next space. */
const BARE = new RegExp(
  String.raw`(${SECRET_NAME}'?\s?(?:=|:\s|:(?=[^\s"\\/]))\s?)(?:\\"(${INSIDE_ESCAPED})\\"|'([^'"\\]*)'|((?:[^\s"'\\,;&)\]}<>|{[]|\\[^"'nrt])+))`,
  'gi',
);

/** Secrets that are known by their own form, wherever they stand, and what no such text lacks: most texts are done then. */
const SHAPED: readonly (readonly [marks: readonly string[], form: RegExp, put: string])[] = [
  [['PRIVATE KEY-----'], /(-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----)(?:[^"-]|-(?!----))*/g, `$1${REDACTED}`],
  [['eyJ'], /\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g, REDACTED],
  [['eyJrIjoi'], /\beyJrIjoi[\w+/=-]{16,}/g, REDACTED],
  [['AKIA', 'ASIA'], /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, REDACTED],
  [['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], /\bgh[pousr]_[A-Za-z0-9]{20,}/g, REDACTED],
  [['github_pat_'], /\bgithub_pat_\w{20,}/g, REDACTED],
  [['glpat-', 'glsa_', 'glc_'], /\bgl(?:pat-|sa_|c_)[\w=+/-]{16,}/g, REDACTED],
  [['xox'], /\bxox[abeprs]-[\w-]{10,}/g, REDACTED],
  [['AIza'], /\bAIza[\w-]{30,}/g, REDACTED],
  [['k_live_'], /\b[rs]k_live_\w{10,}/g, REDACTED],
  [['hvs.', 'hvb.'], /\bhv[bs]\.[\w-]{20,}/g, REDACTED],
  [['@'], /(:(?:\\?\/){2}[^\s/:@"'\\]{0,200}:)(?!xxxxx@)[^\s/@"'\\]+(?=@)/g, `$1${REDACTED}`],
];

/** Credentials as headers and their like carry them. */
const CARRIED: readonly (readonly [form: RegExp, put: string])[] = [
  [/\b(bearer\s+)[\w.~+/=-]{8,}/gi, `$1${REDACTED}`],
  [
    /\b(authorization["'\\]{0,4}\s{0,4}[:=]\s{0,4}["'\\]{0,4}(?:basic|digest|token|apikey)\s+)[^\s"'\\,;]+/gi,
    `$1${REDACTED}`,
  ],
  [/\b(cookie\s?[:=]\s?)[^"'\\\n]+/gi, `$1${REDACTED}`],
];

/** Without any of these there is nothing that a name betrays. */
const MAY_NAME = new RegExp(`bearer|${SECRET_NAME}`, 'i');

/**
 * What may be written of a text: known secrets, and what looks like one, are `[redacted]`; JSON stays JSON.
 *
 * `known`: the secrets this program itself was let in with. It errs towards taking out too much.
 */
export function redact(text: string, place: Place, known: readonly string[]): string {
  const out = redactShapes(text, known);
  if (isConfigMap(place)) return redactConfigMaps(out);
  if (isConfig(place)) return redactConfig(out);
  if (!MAY_NAME.test(out)) return out;
  return NAMED.reduce((sum, each) => sum.replace(each, keepEmpty), out).replace(BARE, redactBare);
}

/** Only what is a secret by its own form, or known: for queries, which must stay as they were asked. */
export function redactShapes(text: string, known: readonly string[]): string {
  let out = text;
  for (const secret of known) out = out.replaceAll(secret, REDACTED);
  for (const [marks, form, put] of SHAPED) if (marks.some((mark) => out.includes(mark))) out = out.replace(form, put);
  for (const [form, put] of CARRIED) out = out.replace(form, put);
  return out;
}

const keepEmpty = (all: string, before: string, value: string): string => (value === '' ? all : `${before}${REDACTED}`);

/** No secrets: `token: 12 of 512`, `secret=true`, and a scheme whose credential is gone already. */
const HARMLESS = /^(?:true|false|null|nil|none|\d{1,3}|bearer|basic|digest)$/i;

function redactBare(all: string, before: string, escaped?: string, single?: string, bare?: string): string {
  const value = escaped ?? single ?? bare ?? '';
  if (value === '' || HARMLESS.test(value)) return all;
  const at = all.lastIndexOf(value);
  return `${before}${all.slice(before.length, at)}${REDACTED}${all.slice(at + value.length)}`;
}

const isConfigMap = ({ component, path }: Place): boolean =>
  component.startsWith('kubernetes/') && /\/configmaps(\/|$)/.test(path);

/** Configuration as YAML: a secret there may have words and spaces. */
const isConfig = ({ path }: Place): boolean => /\/(config|runtime_config|status\/config)$/.test(path);

/** Every value of every ConfigMap in an answer or in a watch's line. */
function redactConfigMaps(text: string): string {
  const value = parse(text);
  // Cut off on the way: then its lines are taken as they stand.
  if (value === undefined) return redactConfig(text.replaceAll('\\n', '\n'));
  return JSON.stringify(value, (name, each: unknown) => {
    if (name === 'kubectl.kubernetes.io/last-applied-configuration') return REDACTED;
    if (name === 'binaryData' && isTexts(each)) return Object.fromEntries(Object.keys(each).map((key) => [key, '']));
    if (name !== 'data' || !isTexts(each)) return each;
    return Object.fromEntries(
      Object.entries(each).map(([key, config]) => [key, isSecretName(key) ? REDACTED : redactConfig(config)]),
    );
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string');
