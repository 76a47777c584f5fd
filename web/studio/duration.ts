/** A span of milliseconds as `4:05` or `1:02:03`. */
export function duration(span: number): string {
  const seconds = Math.max(Math.floor(span / 1000), 0);
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0(?=\d)/, '');
}
