/** What stands where a number is not known. Never 0: unknown is not good. */
export const UNKNOWN = '–';

const SCALES = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3_600 },
  { unit: 'm', seconds: 60 },
  { unit: 's', seconds: 1 },
  { unit: 'ms', seconds: 0.001 },
  { unit: 'us', seconds: 0.000_001 },
  { unit: 'µs', seconds: 0.000_001 },
  { unit: 'ns', seconds: 0.000_000_001 },
] as const;

/**
 * Parse a duration as people type it: `15m`, `1h30m`, `90s`, `250ms`, `1.5h`, `2w`.
 *
 * Units: the answer is in seconds.
 * Fails: with a sentence; a bare number is refused, for it may mean seconds as well as minutes.
 */
export function parseDuration(text: string): { ok: true; seconds: number } | { ok: false; because: string } {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    return { ok: false, because: `"${text}" has no unit: ${trimmed}s or ${trimmed}m?` };
  }
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w))+$/.test(trimmed)) {
    return { ok: false, because: `"${text}" is no duration: 15m, 1h30m or 90s are` };
  }
  let seconds = 0;
  for (const [, number = '', unit = ''] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w)/g)) {
    seconds += Number(number) * (unit === 'w' ? 604_800 : (SCALES.find((scale) => scale.unit === unit)?.seconds ?? 0));
  }
  return seconds > 0 ? { ok: true, seconds } : { ok: false, because: `"${text}" is no time at all` };
}

/** A whole duration as it would be typed: 900 is `15m`, 5400 is `1h30m`. Units: seconds. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 1) return formatSeconds(seconds);
  let rest = Math.round(seconds);
  let text = '';
  for (const scale of SCALES.slice(0, 4)) {
    const count = Math.floor(rest / scale.seconds);
    if (count > 0) text += `${count}${scale.unit}`;
    rest -= count * scale.seconds;
  }
  return text;
}

/** How long something took, in three digits: `4.89s`, `230ms`, `45µs`, `1m15s`. Units: seconds. */
export function formatSeconds(seconds: number | undefined): string {
  if (seconds === undefined || Number.isNaN(seconds)) return UNKNOWN;
  if (!Number.isFinite(seconds)) return seconds > 0 ? '∞' : '-∞';
  if (seconds < 0) return `-${formatSeconds(-seconds)}`;
  if (seconds === 0) return '0s';
  if (seconds >= 59.95) return twoScales(seconds);
  if (seconds >= 0.9995) return `${digits(seconds)}s`;
  if (seconds >= 0.000_999_5) return `${digits(seconds * 1e3)}ms`;
  if (seconds >= 0.000_000_999_5) return `${digits(seconds * 1e6)}µs`;
  return `${digits(seconds * 1e9)}ns`;
}

/** How long ago something was: `8s`, `3m12s`, `75m`, `5h`, `3d`. A clock that is ahead shows a minus. Units: seconds. */
export function formatAge(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  if (seconds <= -0.5) return `-${formatAge(-seconds)}`;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole}s`;
  if (whole < 600) return twoScales(whole);
  if (whole < 7_200) return `${Math.floor(whole / 60)}m`;
  if (whole < 172_800) return `${Math.floor(whole / 3_600)}h`;
  return `${Math.floor(whole / 86_400)}d`;
}

/** A count: whole up to 9999, then `12.3k`, `1.2M`, `3.4G`. */
export function formatCount(count: number | undefined): string {
  if (count === undefined || Number.isNaN(count)) return UNKNOWN;
  if (!Number.isFinite(count)) return count > 0 ? '∞' : '-∞';
  if (count < 0) return `-${formatCount(-count)}`;
  if (count > 0 && count < 0.001) return '<0.001';
  if (count < 9_999.5) return digits(count, count < 1 ? 2 : Math.max(3, String(Math.round(count)).length));
  for (const [scale, unit] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
  ] as const)
    if (count >= scale * 0.9995) return `${digits(count / scale)}${unit}`;
  return `${digits(count / 1e3)}k`;
}

/** A rate: `1.2M/s`, `0.35/s`. Units: events a second. */
export function formatRate(perSecond: number | undefined): string {
  const text = formatCount(perSecond);
  return text === UNKNOWN ? text : `${text}/s`;
}

/** A share as percent; a little more than nothing is not nothing: `<0.1%`. Units: 0–1. */
export function formatShare(share: number | undefined): string {
  if (share === undefined || !Number.isFinite(share)) return UNKNOWN;
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '<0.1%';
  if (percent > 99.9 && percent < 100) return '>99.9%';
  return `${digits(percent, percent >= 100 ? String(Math.round(percent)).length : percent >= 10 ? 3 : 2)}%`;
}

/** A change as a factor, now ÷ before: `×21`, `×1.5`, `×0.8`. */
export function formatTimes(factor: number | undefined): string {
  if (factor === undefined || Number.isNaN(factor)) return UNKNOWN;
  if (!Number.isFinite(factor)) return '×∞';
  if (factor > 0 && factor < 0.01) return '×<0.01';
  return factor >= 9.95 ? `×${formatCount(Math.round(factor))}` : `×${factor.toFixed(factor < 0.095 ? 2 : 1)}`;
}

/** Bytes in binary units: `512B`, `1.2KiB`, `16MiB`. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined || !Number.isFinite(bytes)) return UNKNOWN;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let amount = bytes;
  let step = 0;
  while (amount >= 999.5 && step < units.length - 1) {
    amount /= 1024;
    step += 1;
  }
  return `${digits(amount)}${units[step]}`;
}

/** At most so many significant digits, no zeros at the end, never an exponent. Not for values near 0. */
function digits(value: number, significant = 3): string {
  const text = value.toPrecision(significant);
  if (text.includes('e')) return String(Math.round(value));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function twoScales(seconds: number): string {
  const whole = Math.round(seconds);
  const [large, small] = whole >= 86_400 ? [0, 1] : whole >= 3_600 ? [1, 2] : [2, 3];
  const big = SCALES[large as 0 | 1 | 2];
  const little = SCALES[small as 1 | 2 | 3];
  const count = Math.floor(whole / big.seconds);
  const rest = Math.floor((whole - count * big.seconds) / little.seconds);
  return rest === 0 ? `${count}${big.unit}` : `${count}${big.unit}${rest}${little.unit}`;
}
