/** Origins by which this server is called; more are answered as if none were known. */
const MOST = 16;
/** A name or an address, with a port or without. Spec: RFC 3986, 3.2.2, in the letters that names have. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * The origins that visitors say, for absolute addresses where no public one is set. Whoever makes up names gets pages of
 * their own, and no more of them than a few: pages are kept by origin.
 */
export function openSpokenOrigins() {
  const known = new Set<string>();
  return {
    /** The origin, or nothing for what is no host or one too many. */
    origin({ scheme, host }: { readonly scheme: string; readonly host: string }): string {
      const name = host.toLowerCase();
      if (!HOST.test(name)) return '';
      const origin = `${scheme}://${name}`;
      if (!known.has(origin)) {
        if (known.size >= MOST) return '';
        known.add(origin);
      }
      return origin;
    },
  };
}
