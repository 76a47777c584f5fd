import { keepInWindow, keptInWindow } from './window-store.ts';

/** A personal link, as far as the page can read it; only the server can tell whether it is genuine. */
export interface Link {
  readonly slug: string;
  /** Absent when the page was opened without one, or with one that cannot be read. */
  readonly token?: string;
  readonly role: 'host' | 'co-host' | 'speaker';
  /** Speaker id: the place on the stage. */
  readonly id: string;
  readonly name: string;
  /** What the page itself can tell about a link that will be refused. */
  readonly flaw?: 'token-expired' | 'token-other-room' | 'token-invalid';
}

const keyOf = (slug: string): string => `earshot-token-${slug}`;
/** Behind `~` stands the key to a private room. */
const slugOf = (pathname: string): string => /\/r\/([^/~]+)[^/]*\/studio/.exec(pathname)?.[1] ?? '';

/**
 * Moves the token from `#token=`, where screens, histories and bookmarks would show it, to the window's store,
 * and returns it, or the one stored earlier. `clean` removes it from the address bar; it is not called if the store
 * cannot keep the token, because a reload would lose it.
 */
export function takeToken(
  location: { readonly pathname: string; readonly hash: string },
  clean: () => void,
): string | undefined {
  const key = keyOf(slugOf(location.pathname));
  const shown = new URLSearchParams(location.hash.slice(1)).get('token');
  if (shown === null) return keptInWindow(key) ?? undefined;
  if (keepInWindow(key, shown)) clean();
  return shown;
}

/** Stores a token that replaces the one this window was opened with. */
export const keepToken = (slug: string, token: string): boolean => keepInWindow(keyOf(slug), token);

/** Reads the room from the path and the grant from the token; `now` is the wall clock in ms. */
export function linkOf(pathname: string, token: string | undefined, now: number): Link {
  const slug = slugOf(pathname);
  const fields = token ? tokenFields(token) : undefined;
  const nobody = { slug, role: 'speaker', id: '', name: '' } as const;
  if (token === undefined) return nobody;
  // A link that was cut short on its way is said to be so, not taken for none.
  if (!fields) return { ...nobody, flaw: 'token-invalid' };
  const role = fields['role'] === 'host' || fields['role'] === 'co-host' ? fields['role'] : 'speaker';
  const { exp, room } = fields as { exp?: unknown; room?: unknown };
  // One day of tolerance, because this device's clock or time zone may be wrong; the server decides.
  const expired = typeof exp === 'number' && exp * 1000 + 86_400_000 < now;
  const flaw = isCut(token)
    ? 'token-invalid'
    : typeof room === 'string' && room !== slug
      ? 'token-other-room'
      : expired
        ? 'token-expired'
        : undefined;
  const who = { id: String(fields['sub'] ?? ''), name: String(fields['name'] ?? '') };
  return { slug, token, role, ...who, ...(flaw ? { flaw } : {}) };
}

/** The length of an HS256 signature in base64url. Spec: RFC 7518, 3.2. */
const SIGNATURE = 43;

/** True for a token whose signature lacks its end, as links do that were cut short on their way. */
function isCut(token: string): boolean {
  const [, , signature] = token.split('.');
  return signature === undefined || signature.length < SIGNATURE;
}

/** The personal link that opens the studio with a token. */
export const studioAddress = (origin: string, slug: string, token: string): string =>
  `${origin}/r/${slug}/studio#token=${token}`;

/** The claims of a JWT, unverified; undefined if it is not one. Spec: RFC 7519, 7.2. */
export function tokenFields(token: string): Record<string, unknown> | undefined {
  const body = token.split('.')[1];
  if (!body) return undefined;
  try {
    const bytes = Uint8Array.from(atob(body.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    );
    const fields: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return fields && typeof fields === 'object' && !Array.isArray(fields) ? { ...fields } : undefined;
  } catch {
    return undefined;
  }
}
