/** Seconds as a clock: `0:05`, `12:04` or `1:02:03`. Negative values count as 0. */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** How many connections one dot stands for: a power of ten, so that the crowd fits the seats. */
export function dotOf(streams: number, seats: number): number {
  let dot = 1;
  while (streams / dot > seats) dot *= 10;
  return dot;
}

/** Seconds as they are read aloud, `3 minutes 22 seconds`; `units` gives the singular and the plural of each unit. */
export function spoken(seconds: number, ...units: readonly (readonly [string, string])[]): string {
  const whole = Math.max(0, Math.floor(seconds));
  const values = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const parts = values.flatMap((value, i) => {
    const [one, many] = units[i] ?? ['', ''];
    return value > 0 ? [`${value} ${value === 1 ? one : many}`] : [];
  });
  return parts.join(' ') || `0 ${units[2]?.[1] ?? ''}`;
}
