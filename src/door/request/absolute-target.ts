import type { IncomingMessage } from 'node:http';

/** A request target in absolute form: proxies send it, and so do some clients. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * Converts a target in absolute form to origin form. The name in it overrides Host. Spec: RFC 9112, 3.2.2. An invalid
 * name is left for the check of Host.
 */
export function toOriginForm(req: IncomingMessage): void {
  const [, authority, rest] = ABSOLUTE.exec(req.url ?? '') ?? [];
  if (authority === undefined || rest === undefined) return;
  req.url = rest.startsWith('/') ? rest : `/${rest}`;
  // An empty name is refused rather than replaced by Host. Spec: RFC 9110, 4.2.1.
  req.headers.host = authority || '?';
}
