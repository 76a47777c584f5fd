/** The operator's key: read from a link, and kept in this tab. */

const OPERATOR = 'earshot-operator';

/** The operator's key in a pasted text: the part after `#operator=`, or all of it. */
export const keyIn = (text: string): string => text.trim().replace(/^.*#operator=/s, '');

/** Keeps the key from the operator's link, and removes it from the address; true when the page was opened with one. */
export function takeKey(): boolean {
  // A link that was cut short may end before the key.
  if (!/^#operator(=|$)/.test(location.hash)) return false;
  keepKey(location.hash === '#operator' ? '' : keyIn(location.hash));
  history.replaceState(null, '', location.pathname + location.search);
  return true;
}

/** The key, for browsers that forbid storage. */
let held = '';

/** Keeps the key in this tab only, so that the next person at this browser does not find it. */
export function keepKey(key: string): void {
  held = key;
  try {
    sessionStorage.setItem(OPERATOR, key);
  } catch {
    // The operator opens the link again next time.
  }
}

function storedKey(): string {
  try {
    return sessionStorage.getItem(OPERATOR) ?? '';
  } catch {
    return '';
  }
}

/** True in a tab where the operator's link was opened. */
export const isOperator = (): boolean => (held || storedKey()) !== '';

/** The operator's key as a request header; no header without a key. */
export function authorization(): Record<string, string> {
  const key = held || storedKey();
  return key ? { authorization: `Bearer ${key}` } : {};
}
