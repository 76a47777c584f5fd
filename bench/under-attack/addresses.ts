/** Addresses of the loopback that stand for networks: a /24 each, as doors see them. */

/** The `n`th address of a set that begins at 127.`first`: `perNetwork` in each /24, then the next one. */
export function addressOf(first: number, n: number, perNetwork: number): string {
  const network = Math.floor(n / perNetwork);
  return `127.${first + Math.floor(network / 250)}.${network % 250}.${1 + (n % perNetwork)}`;
}
