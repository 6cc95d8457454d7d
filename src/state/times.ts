/** Prints times of day: local with their zone, or UTC. Formatters are costly to make, so one is kept for a console. */
export interface Times {
  /** `03:12:40` */
  clock(unix: number): string;
  /** `03:12` */
  minute(unix: number): string;
  /** `03:12:40.123` of nanoseconds. */
  millis(nanos: bigint): string;
  /** `2026-11-20` */
  day(unix: number): string;
  /** `CET`, `GMT+1`, `UTC` */
  zone(unix: number): string;
}

export function createTimes(utc: boolean): Times {
  const timeZone = utc ? 'UTC' : undefined;
  const parts = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone } as const;
  const clock = new Intl.DateTimeFormat('en-GB', parts);
  const day = new Intl.DateTimeFormat('sv-SE', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone });
  const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short', timeZone });
  const at = (unix: number): number => (Number.isFinite(unix) && Math.abs(unix) < 8e12 ? unix * 1000 : 0);
  return {
    clock: (unix) => clock.format(at(unix)),
    minute: (unix) => clock.format(at(unix)).slice(0, 5),
    millis: (nanos) =>
      `${clock.format(at(Number(nanos / 1_000_000_000n)))}.${String((nanos / 1_000_000n) % 1000n).padStart(3, '0')}`,
    day: (unix) => day.format(at(unix)),
    zone: (unix) => zone.formatToParts(at(unix)).find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC',
  };
}

/** `4s`, `3m`, `2h`, `5d`: as coarse as a glance needs. */
export function printAge(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole}s`;
  if (whole < 7200) return `${Math.round(whole / 60)}m`;
  return whole < 172_800 ? `${Math.round(whole / 3600)}h` : `${Math.round(whole / 86_400)}d`;
}
