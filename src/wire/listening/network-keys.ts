/**
 * Which listeners are in which networks, as a door tells the tally: 12 bytes a change, little-endian. Both hashes are of
 * the salt of the day, and are kept in memory alone.
 *
 * | bytes | what |
 * |---|---|
 * | 0–3 | hash of the network (/24 of IPv4, /64 of IPv6) |
 * | 4–7 | hash of address and user agent |
 * | 8 | 1: the first session of this listener came here; 0: the last one is gone |
 */
export const NETWORK_KEY_BYTES = 12;

/** A listener key that came to a network, or left it. */
export interface NetworkKeyChange {
  /** 32 bits each. */
  readonly network: number;
  readonly key: number;
  readonly came: boolean;
}

/** Changes as bytes, in their order. */
export function writeNetworkKeys(changes: readonly NetworkKeyChange[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(changes.length * NETWORK_KEY_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, { network, key, came }] of changes.entries()) {
    view.setUint32(i * NETWORK_KEY_BYTES, network, true);
    view.setUint32(i * NETWORK_KEY_BYTES + 4, key, true);
    view.setUint8(i * NETWORK_KEY_BYTES + 8, came ? 1 : 0);
  }
  return bytes;
}

/** Reads what `writeNetworkKeys` wrote; a rest that is no whole change is left out. */
export function* readNetworkKeys(bytes: Uint8Array): Generator<NetworkKeyChange> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + NETWORK_KEY_BYTES <= bytes.length; at += NETWORK_KEY_BYTES)
    yield {
      network: view.getUint32(at, true),
      key: view.getUint32(at + 4, true),
      came: view.getUint8(at + 8) === 1,
    };
}
