/**
 * The host of an address that means only the computer it is opened on, such as `localhost`; undefined for an address
 * that others can open. Spec: RFC 6761, 6.3; RFC 1122, 3.2.1.3.
 */
export function localHost(address: string): string | undefined {
  const { hostname } = new URL(address);
  const local = /^(.+\.)?localhost\.?$|^127(\.\d+){3}$|^\[::1\]$/.test(hostname);
  return local ? hostname : undefined;
}
