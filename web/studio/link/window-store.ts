/** What this window keeps: it outlives a reload, and no other window sees it. Null where nothing is kept. */
export function keptInWindow(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a text in this window; false where the browser keeps nothing. */
export function keepInWindow(key: string, value: string): boolean {
  try {
    sessionStorage.setItem(key, value);
    return sessionStorage.getItem(key) === value;
  } catch {
    return false;
  }
}
