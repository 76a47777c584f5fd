import type { IncomingMessage } from 'node:http';

/** A target in absolute form: proxies send it, and some clients send it to everyone. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * Brings a target in absolute form into the usual one. The name in it outranks Host. Spec: RFC 9112, 3.2.2.
 * A name that is none is left for the check of Host.
 */
export function toOriginForm(req: IncomingMessage): void {
  const [, authority, rest] = ABSOLUTE.exec(req.url ?? '') ?? [];
  if (authority === undefined || rest === undefined) return;
  req.url = rest.startsWith('/') ? rest : `/${rest}`;
  // An empty name is refused and not replaced by Host. Spec: RFC 9110, 4.2.1.
  req.headers.host = authority || '?';
}
