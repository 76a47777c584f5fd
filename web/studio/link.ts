/** The host's or speaker's link, as far as the page can read it; only the server can tell whether it is genuine. */
export interface Link {
  readonly slug: string;
  /** Absent when the page was opened without one. */
  readonly token?: string;
  readonly role: 'host' | 'co-host' | 'speaker';
  /** Speaker id: the place on the stage. */
  readonly id: string;
  readonly name: string;
}

/** Reads the room from the path and the grant from `#token=`. */
export function linkOf(location: { readonly pathname: string; readonly hash: string }): Link {
  const slug = /\/r\/([^/]+)\/studio/.exec(location.pathname)?.[1] ?? '';
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
  const claims = token ? claimsOf(token) : undefined;
  if (!token || !claims) return { slug, role: 'speaker', id: '', name: '' };
  const role = claims['role'] === 'host' || claims['role'] === 'co-host' ? claims['role'] : 'speaker';
  return { slug, token, role, id: String(claims['sub'] ?? ''), name: String(claims['name'] ?? '') };
}

/** The claims of a JWT, unverified; undefined when it is not one. Spec: RFC 7519, 7.2. */
export function claimsOf(token: string): Record<string, unknown> | undefined {
  const body = token.split('.')[1];
  if (!body) return undefined;
  try {
    const bytes = Uint8Array.from(atob(body.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return claims && typeof claims === 'object' && !Array.isArray(claims) ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}
