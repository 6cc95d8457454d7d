/** Prints times of day: local with their zone, or UTC. */
export interface Times {
  /** `03:12:40` */
  clock(unix: number): string;
  /** `03:12` */
  minute(unix: number): string;
  /** `03:12:40.123` of nanoseconds. */
  millis(nanos: bigint): string;
  /** `2026-11-20` */
  day(unix: number): string;
  /** `UTC`, `+01:00` */
  zone(unix: number): string;
}

export function createTimes(utc: boolean): Times {
  // By hand: a formatter of Intl costs 4–10 ms of the start. An offset is also clear where a zone's short name is not.
  const parts = (unix: number): { readonly day: string; readonly clock: string } => {
    const whole = Number.isFinite(unix) && Math.abs(unix) < 8e12 ? unix : 0;
    const shifted = utc ? whole : whole - new Date(whole * 1000).getTimezoneOffset() * 60;
    const [day = '', clock = ''] = new Date(shifted * 1000).toISOString().split('T');
    return { day, clock: clock.slice(0, 8) };
  };
  return {
    clock: (unix) => parts(unix).clock,
    minute: (unix) => parts(unix).clock.slice(0, 5),
    millis: (nanos) =>
      `${parts(Number(nanos / 1_000_000_000n)).clock}.${String((nanos / 1_000_000n) % 1000n).padStart(3, '0')}`,
    day: (unix) => parts(unix).day,
    zone(unix) {
      const at = Number.isFinite(unix) && Math.abs(unix) < 8e12 ? unix * 1000 : 0;
      const minutes = utc ? 0 : -new Date(at).getTimezoneOffset();
      if (minutes === 0) return 'UTC';
      const two = (part: number): string => String(part).padStart(2, '0');
      const whole = Math.abs(minutes);
      return `${minutes < 0 ? '-' : '+'}${two(Math.floor(whole / 60))}:${two(whole % 60)}`;
    },
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
