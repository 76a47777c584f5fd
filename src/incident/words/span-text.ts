/** A text that goes on a sentence: its first letter small. */
export const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** A time in ms as `3 s`, `2 min 5 s` or `1 h 4 min`, the same in all languages; at least a second. */
export function length(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
