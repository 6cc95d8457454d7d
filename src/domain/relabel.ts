import { isSpared } from './culprit.ts';
import { alternatives } from './selector.ts';

/** What a relabel rule does with the series of one metric. */
export type RuleAction = 'drop-label' | 'drop-metric' | 'keep-list';

export interface RelabelRule {
  readonly action: RuleAction;
  /** In words: "drop the label session of checkout_step_total". */
  readonly does: string;
  /** A `prometheus.relabel` component for Alloy. */
  readonly alloy: string;
  /** A `metric_relabel_configs` (or `write_relabel_configs`) block for Prometheus. */
  readonly prometheus: string;
  /** Series that go, exactly as counted; undefined where they were not counted. */
  readonly seriesSaved: number | undefined;
  /** Series become the same series: only one of their samples is kept, the rest is refused as duplicates. */
  readonly collides: boolean;
  readonly warning?: string;
}

/** One step of relabelling, as both languages know it. */
interface Step {
  readonly sourceLabels?: readonly string[];
  /** Fully anchored. */
  readonly regex: string;
  readonly action?: 'drop' | 'labeldrop';
  readonly targetLabel?: string;
  readonly replacement?: string;
}

export interface RuleInput {
  readonly metric: string;
  /** All series of the metric. */
  readonly series: number | undefined;
  readonly label?: string;
  /** Series that would go with the label. */
  readonly savedByLabel?: number;
  /** Values of the label that stay, and how many series they have together. */
  /** The limit on series of one metric; 0 and undefined: none that is known. */
  readonly limit?: number;
  readonly keep?: { readonly values: readonly string[]; readonly series: number };
}

/**
 * Every rule that helps, the label's first.
 *
 * A `labeldrop` would take the label from every metric, so that the label is emptied for this one only: an empty label is none.
 * Source: prometheus model/relabel/relabel.go; alloy docs, prometheus.relabel (regexes are RE2 and fully anchored).
 */
export function rulesFor(input: RuleInput): readonly RelabelRule[] {
  const { metric, series, label, keep } = input;
  const ofLabel = label === undefined || isSpared(label) ? [] : [dropLabel(input, label)];
  const ofValues = label === undefined || isSpared(label) || !keep?.values.length ? [] : [keepList(input, label, keep)];
  const whole: RelabelRule = {
    ...printed(`drop_${metric}`, [{ sourceLabels: ['__name__'], regex: alternatives([metric]), action: 'drop' }]),
    action: 'drop-metric',
    does: `drop the metric ${metric}`,
    seriesSaved: series,
    collides: false,
  };
  return [...ofLabel, whole, ...ofValues];
}

/** Of a limit: what has used this much of it takes no new series (replicas differ, so that it is not exactly all). */
const FULL_SHARE = 0.95;

/**
 * Without the label series are new ones, and a full metric takes none until the old ones leave the ingesters' memory.
 *
 * Source: mimir pkg/ingester/limiter.go; seen on a real stack, where nothing of the metric was stored any more.
 */
const sayFull = ({ series, limit }: RuleInput): string =>
  limit !== undefined && limit > 0 && (series ?? 0) >= FULL_SHARE * limit
    ? `; at its limit of ${limit} the metric takes no new series, and these are new: all of it is refused until the old ones leave memory (up to 3 h), unless the limit is raised meanwhile`
    : '';

function dropLabel(input: RuleInput, label: string): RelabelRule {
  const { metric, savedByLabel, series } = input;
  const collides = savedByLabel === undefined || savedByLabel > 0;
  const left = series === undefined || savedByLabel === undefined ? undefined : series - savedByLabel;
  const become = left === undefined ? 'series become one another' : `${series} series become ${left}`;
  return {
    ...printed(`drop_${label}_of_${metric}`, [
      { sourceLabels: ['__name__'], regex: alternatives([metric]), targetLabel: label, replacement: '' },
    ]),
    action: 'drop-label',
    does: `drop the label ${label} of ${metric}`,
    seriesSaved: savedByLabel,
    collides,
    ...(collides
      ? {
          warning: `${become}: of samples with one timestamp the first is kept, the rest is refused (sample_duplicate_timestamp), and counters jump; where the numbers matter drop the metric instead, or the label in the code${sayFull(input)}`,
        }
      : {}),
  };
}

/** RE2 cannot say "not these", so that what stays is marked first. */
function keepList(
  { metric, series }: RuleInput,
  label: string,
  keep: { values: readonly string[]; series: number },
): RelabelRule {
  const mark = '__tmp_keep';
  return {
    ...printed(`keep_${label}_of_${metric}`, [
      {
        sourceLabels: ['__name__', label],
        regex: `${alternatives([metric])};(${alternatives(keep.values)})`,
        targetLabel: mark,
        replacement: 'yes',
      },
      { sourceLabels: ['__name__', mark], regex: `${alternatives([metric])};`, action: 'drop' },
      { regex: mark, action: 'labeldrop' },
    ]),
    action: 'keep-list',
    does: `keep ${keep.values.length} values of ${label} of ${metric}, drop the rest`,
    seriesSaved: series === undefined ? undefined : Math.max(0, series - keep.series),
    collides: false,
  };
}

function printed(name: string, steps: readonly Step[]): { alloy: string; prometheus: string } {
  return { alloy: alloyOf(name, steps), prometheus: prometheusOf(steps) };
}

/** Alloy's strings are Go's. An identifier takes letters, digits and underscores. */
function alloyOf(name: string, steps: readonly Step[]): string {
  const id = name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(\d)/, '_$1');
  const text = (value: string): string => JSON.stringify(value);
  const rule = (step: Step): string => {
    const attributes: [string, string][] = [];
    if (step.sourceLabels) attributes.push(['source_labels', `[${step.sourceLabels.map(text).join(', ')}]`]);
    attributes.push(['regex', text(step.regex)]);
    if (step.targetLabel !== undefined) attributes.push(['target_label', text(step.targetLabel)]);
    if (step.replacement !== undefined) attributes.push(['replacement', text(step.replacement)]);
    if (step.action) attributes.push(['action', text(step.action)]);
    const width = Math.max(...attributes.map(([key]) => key.length));
    return `  rule {\n${attributes.map(([key, value]) => `    ${key.padEnd(width)} = ${value}\n`).join('')}  }\n`;
  };
  return `prometheus.relabel "${id}" {\n  forward_to = [prometheus.remote_write.mimir.receiver]\n\n${steps.map(rule).join('\n')}}\n`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what YAML does not take as it is.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;

/** YAML in single quotes: nothing is special inside but the quote itself. What cannot be printed is escaped, in double ones. */
function yamlText(value: string): string {
  if (!UNPRINTABLE.test(value)) return `'${value.replaceAll("'", "''")}'`;
  const code = (found: string): string => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(new RegExp(UNPRINTABLE, 'g'), code);
}

function prometheusOf(steps: readonly Step[]): string {
  const text = yamlText;
  const rule = (step: Step): string => {
    const lines: string[] = [];
    if (step.sourceLabels) lines.push(`source_labels: [${step.sourceLabels.map(text).join(', ')}]`);
    lines.push(`regex: ${text(step.regex)}`);
    if (step.targetLabel !== undefined) lines.push(`target_label: ${text(step.targetLabel)}`);
    if (step.replacement !== undefined) lines.push(`replacement: ${text(step.replacement)}`);
    if (step.action) lines.push(`action: ${step.action}`);
    return lines.map((line, at) => `${at === 0 ? '  - ' : '    '}${line}\n`).join('');
  };
  return `metric_relabel_configs:\n${steps.map(rule).join('')}`;
}
