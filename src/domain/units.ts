/** What stands where a value is not known. Never a zero. */
export const UNKNOWN = '–';

const trimmed = (value: number, digits: number): string => String(Number(value.toPrecision(digits)));

/** Seconds for people, three significant digits: `120µs`, `54ms`, `4.93s`, `2m5s`, `1h3m`. */
export function formatSeconds(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  if (seconds < 0) return `-${formatSeconds(-seconds)}`;
  if (seconds === 0) return '0s';
  if (seconds < 0.0009995) return `${trimmed(seconds * 1e6, 3)}µs`;
  if (seconds < 0.9995) return `${trimmed(seconds * 1e3, 3)}ms`;
  if (seconds < 59.95) return `${trimmed(seconds, 3)}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m${whole % 60 === 0 ? '' : `${whole % 60}s`}`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)}h${minutes % 60 === 0 ? '' : `${minutes % 60}m`}`;
}

/** An age in one unit: `5s`, `3m`, `2h`, `4d`. Rounded down: an age is never made older. */
export function formatAge(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 100) return `${whole}s`;
  if (whole < 6000) return `${Math.floor(whole / 60)}m`;
  if (whole < 172_800) return `${Math.floor(whole / 3600)}h`;
  return `${Math.floor(whole / 86_400)}d`;
}

/** A rate a second: `5.8/s`, `1.2k/s`. */
export const formatRate = (perSecond: number | undefined): string => (perSecond === undefined || !Number.isFinite(perSecond) ? UNKNOWN : `${scaled(perSecond)}/s`);

/** A share 0–1 in percent: `23%`, `0.4%`, `<0.1%`. */
export function formatShare(share: number | undefined): string {
  if (share === undefined || !Number.isFinite(share)) return UNKNOWN;
  const percent = share * 100;
  if (percent === 0) return '0%';
  if (percent < 0.1) return '<0.1%';
  return percent < 10 ? `${trimmed(percent, 2)}%` : `${Math.round(percent)}%`;
}

/** A ratio now ÷ before: `×21`, `×1.3`. */
export const formatTimes = (ratio: number | undefined): string => (ratio === undefined || !Number.isFinite(ratio) ? UNKNOWN : `×${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)}`);

/** A count: exact to 9,999, then `12k`, `1.2M`. */
export const formatCount = (count: number | undefined): string => (count === undefined || !Number.isFinite(count) ? UNKNOWN : Math.abs(count) < 10_000 ? String(count) : scaled(count));

/** Bytes in powers of 1,024: `512B`, `1.5KiB`, `3MiB`. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined || !Number.isFinite(bytes)) return UNKNOWN;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${trimmed(bytes / 1024 ** power, 3)}${units[power]}`;
}

function scaled(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${trimmed(value / 1e9, 2)}G`;
  if (size >= 1e6) return `${trimmed(value / 1e6, 2)}M`;
  if (size >= 1e4) return `${trimmed(value / 1e3, 2)}k`;
  return size >= 100 ? String(Math.round(value)) : trimmed(value, 2);
}

const SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of a duration such as `15m`, `1h30m`, `500ms`; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w)/g)) seconds += Number(amount) * (SECONDS[unit ?? ''] ?? Number.NaN);
  return seconds;
}
