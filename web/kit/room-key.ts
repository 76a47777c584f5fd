/** What lets this browser into a private room, and the keys it gets for it. */
import { roomAt, useKeys } from './room-name.ts';

/** What is shown for a key. */
export interface RoomPass {
  readonly password?: string;
  /** A guest's pass, or a host's or speaker's token. */
  readonly pass?: string;
}

/**
 * The server's answer: a key; `closed`: what was shown opens no room; `not-listed`: the account that is signed in opens
 * none; `later`: ask again after a while; `away`: the server did not answer.
 */
export type Entered = { readonly key: string } | 'closed' | 'not-listed' | 'later' | 'away';

/** What is kept in place of a pass where the account that is signed in opens the room. */
export const BY_ACCOUNT = 'account';

/** Keys end at multiples of this; a key begins with the number of its end in hexadecimal digits. */
const SLOT_MS = 30 * 60_000;
const SLOT_DIGITS = 8;
/** A key is renewed so long before it ends, spread so that listeners do not ask at the same instant. */
const EARLY_MS = 5 * 60_000;
const SPREAD_MS = 10 * 60_000;
/** While the server is away it is asked again so often. */
const AGAIN_MS = 15_000;

const stored = (slug: string): string => `earshot-pass-${slug}`;

/** What this browser can show for a room: a pass it was given, or the studio link of this window. */
export function passFor(slug: string): string | undefined {
  try {
    return localStorage.getItem(stored(slug)) ?? sessionStorage.getItem(`earshot-token-${slug}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a pass for the next time; without storage people are asked again. */
export function keepPass(slug: string, pass: string | undefined): void {
  try {
    if (pass === undefined) localStorage.removeItem(stored(slug));
    else localStorage.setItem(stored(slug), pass);
  } catch {}
}

/** Asks for a key. A password that was right is replaced by a pass that is kept. */
export async function enter(slug: string, grant: RoomPass): Promise<Entered> {
  try {
    const response = await fetch(`/r/${slug}/enter`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(grant),
      signal: AbortSignal.timeout(20_000),
    });
    if (response.status === 429) return 'later';
    if (response.status >= 500) return 'away';
    if (!response.ok) {
      const { code } = (await response.json()) as { code?: string };
      return code === 'account-not-listed' ? 'not-listed' : 'closed';
    }
    const { key, pass } = (await response.json()) as { key: string; pass?: string };
    if (pass !== undefined) keepPass(slug, pass);
    return { key };
  } catch {
    return 'away';
  }
}

/** Ends the renewal of the key that the page had before. */
let close: (() => void) | undefined;

/**
 * Gives the room of a page its key, hides it from the address bar, and renews it for as long as the page is open.
 * `page`: the room that the page was made for, when it is led on to another one.
 */
export function openRoomKey({ slug = '', key }: DOMStringMap, page = slug): void {
  if (key === undefined) return;
  close?.();
  let held = key;
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  close = () => {
    isOver = true;
    clearTimeout(timer);
  };
  const rename = (from: string, to: string): void => {
    for (const link of document.querySelectorAll<HTMLAnchorElement>(`a[href^="${from}"]`))
      link.setAttribute('href', to + link.getAttribute('href')?.slice(from.length));
  };
  let renewing: Promise<void> | undefined;
  const renew = async (): Promise<void> => {
    const pass = passFor(slug);
    const before = roomAt(slug);
    const entered = pass === undefined ? 'closed' : await enter(slug, { pass });
    if (isOver) return;
    if (typeof entered === 'object') {
      held = entered.key;
      rename(before, roomAt(slug));
      return soon(entered.key);
    }
    // Whoever is no longer let in is told so where everybody is.
    if (entered === 'closed' || entered === 'not-listed') return location.replace(`/r/${slug}`);
    timer = setTimeout(again, AGAIN_MS);
  };
  const again = (): Promise<void> => {
    clearTimeout(timer);
    renewing ??= renew().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  const soon = (now: string): void => {
    const until = Number.parseInt(now.slice(0, SLOT_DIGITS), 16) * SLOT_MS;
    timer = setTimeout(again, Math.max(AGAIN_MS, until - Date.now() - EARLY_MS - Math.random() * SPREAD_MS));
  };
  useKeys({ named: (name) => (name === slug || name === page ? `${slug}~${held}` : name), renew: again });
  soon(key);
  // A laptop that slept has no timers.
  document.addEventListener('visibilitychange', () => {
    const until = Number.parseInt(held.slice(0, SLOT_DIGITS), 16) * SLOT_MS;
    if (!isOver && document.visibilityState === 'visible' && until - Date.now() < EARLY_MS) void again();
  });
  // Whoever copies the address sends a place where one is asked for an invitation, not the key.
  if (location.pathname === `/r/${slug}~${key}`)
    history.replaceState(history.state, '', `/r/${slug}${location.search}${location.hash}`);
}
