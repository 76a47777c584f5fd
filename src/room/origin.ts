import type { Context } from 'hono';

/**
 * Whether a browser says that another site's page sent this; other programs say nothing. Spec: Fetch Metadata, 2.3;
 * RFC 6454, 7.
 */
export function fromForeignPage(c: Context, base: string): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'cross-site';
  const origin = c.req.header('origin');
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  // By name and port alone: a proxy in front that is not listed hides which scheme people use.
  const { host, protocol } = new URL(origin);
  return [base, originOf(c)].every((own) => new URL(own.replace(/^\w+:/, protocol)).host !== host);
}

/**
 * The origin that people used, as the door in front reports it; the door believes only listed proxies about it.
 */
export function originOf(c: Context): string {
  const { protocol, host } = new URL(c.req.url);
  const scheme = c.req.header('x-forwarded-proto') === 'https' ? 'https:' : protocol;
  const said = `${scheme}//${c.req.header('x-forwarded-host') ?? host}`;
  return URL.canParse(said) ? new URL(said).origin : `${scheme}//${host}`;
}
