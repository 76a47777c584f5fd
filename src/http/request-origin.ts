/** The origin that people used, as the door in front reports it; the door believes only listed proxies about it. */
export function originOf(request: Request): string {
  const { protocol, host } = new URL(request.url);
  const scheme = request.headers.get('x-forwarded-proto') === 'https' ? 'https:' : protocol;
  const said = `${scheme}//${request.headers.get('x-forwarded-host') ?? host}`;
  return URL.canParse(said) ? new URL(said).origin : `${scheme}//${host}`;
}

/**
 * Whether a browser says that a page of another origin sent this, another port of this machine included. Programs say
 * nothing, and have no cookie. `own`: the public address, where one is set. Spec: Fetch Metadata, 2.3; RFC 6454, 7.
 */
export function isForeign(request: Request, own?: string): boolean {
  // No page can set it, so nothing else is asked of a browser that sends it.
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  const from = request.headers.get('origin');
  if (from === null) return false;
  // Pages in a sandbox have no origin, whoever's they are.
  if (!URL.canParse(from)) return true;
  // By name and port alone: a proxy in front that is not listed hides which scheme people use.
  const { host, protocol } = new URL(from);
  const mine = [originOf(request), ...(own === undefined || own === '' ? [] : [own])];
  return mine.every((one) => new URL(one.replace(/^\w+:/, protocol)).host !== host);
}
