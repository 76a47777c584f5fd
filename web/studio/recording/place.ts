/** A place in a recording as people write it: `5:07`, `1:02:03`, or seconds alone; undefined for anything else. */
export function secondsOf(text: string): number | undefined {
  const found = /^(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,4}(?:[.,]\d{1,2})?)$/.exec(text.trim());
  if (!found) return undefined;
  const [, hours = 0, minutes, rest = ''] = found;
  const seconds = Number(rest.replace(',', '.'));
  if (minutes !== undefined && seconds >= 60) return undefined;
  return Number(hours) * 3600 + Number(minutes ?? 0) * 60 + seconds;
}

/** The same the other way round, to the tenth of a second where it is not whole. */
export function placeText(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const [hours, minutes] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60];
  const rest = `${String(Math.floor((tenths % 600) / 10)).padStart(2, '0')}${tenths % 10 === 0 ? '' : `.${tenths % 10}`}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
