/**
 * Reads a text that this window stored: it survives a reload, and other windows do not see it. Null if there is none.
 */
export function keptInWindow(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Stores a text in this window; false if the browser stores nothing. */
export function keepInWindow(key: string, value: string): boolean {
  try {
    sessionStorage.setItem(key, value);
    return sessionStorage.getItem(key) === value;
  } catch {
    return false;
  }
}
