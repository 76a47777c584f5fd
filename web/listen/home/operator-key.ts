/** The operator's key: where a link brings it, and where this tab keeps it. */

const OPERATOR = 'earshot-operator';

/** The operator's key in a link, or in what was pasted: all of it, or what follows `#operator=`. */
export const keyIn = (text: string): string => text.trim().replace(/^.*#operator=/s, '');

/** Keeps the key that the operator's link brings, and takes it out of the address. */
export function takeKey(): void {
  if (!location.hash.startsWith('#operator=')) return;
  keepKey(keyIn(location.hash));
  history.replaceState(null, '', location.pathname + location.search);
}

/** Where storage is forbidden, the page itself holds it. */
let held = '';

/** Keeps the key for this tab alone: the next person at this browser finds nothing. */
export function keepKey(key: string): void {
  held = key;
  try {
    sessionStorage.setItem(OPERATOR, key);
  } catch {
    // The link is opened again next time.
  }
}

function storedKey(): string {
  try {
    return sessionStorage.getItem(OPERATOR) ?? '';
  } catch {
    return '';
  }
}

/** The operator's key as a header; none without a key. */
export function authorization(): Record<string, string> {
  const key = held || storedKey();
  return key ? { authorization: `Bearer ${key}` } : {};
}
