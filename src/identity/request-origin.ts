/** The origin that people used, as the door in front reports it; the door believes only listed proxies about it. */
export function originOfRequest(request: Request): string {
  const { protocol, host } = new URL(request.url);
  const scheme = request.headers.get('x-forwarded-proto') === 'https' ? 'https:' : protocol;
  const said = `${scheme}//${request.headers.get('x-forwarded-host') ?? host}`;
  return URL.canParse(said) ? new URL(said).origin : `${scheme}//${host}`;
}

/**
 * Whether a browser says that this came from a page of another origin, another port of this machine included. Programs
 * say nothing, and have no cookie. Spec: Fetch Metadata, 2.3; RFC 6454, 7.
 */
export function isForeign(request: Request, origin: string): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') return true;
  const from = request.headers.get('origin');
  if (from === null) return false;
  // Pages in a sandbox have no origin, whoever's they are.
  if (!URL.canParse(from)) return site !== 'same-origin';
  // By name and port alone: a proxy in front that is not listed hides which scheme people use.
  const { host, protocol } = new URL(from);
  return [origin, originOfRequest(request)].every(
    (own) => new URL(own.replace(/^\w+:/, protocol)).host !== host,
  );
}
