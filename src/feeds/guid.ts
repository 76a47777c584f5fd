import { createHash } from 'node:crypto';

/** The namespace of podcasts' own ids. Spec: Podcasting 2.0, podcast:guid. */
const PODCASTS = 'ead4c236-bf58-58c6-a2c6-a6b28d128cb6';

/** A UUID of version 5: the same name has the same one for ever. Spec: RFC 9562, 5.5. */
export function nameUuid(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * The id of a feed, whatever the name of its server: of what it is about, not of its address, so that it is the same
 * after a move. `seed` is something of the installation, the account or the room that never changes.
 */
export const feedGuid = (kind: 'server' | 'host' | 'room', seed: string): string =>
  nameUuid(PODCASTS, `earshot ${kind} ${seed}`);

/** What an entry of a feed tells of its room: readers show each once. */
export type ItemKind = 'episode' | 'live' | 'announced' | 'on-air' | 'cancelled';

/**
 * The id of an entry: the room's own id, without a host name; what is told before and during a room is another entry than
 * its recording. Spec: RFC 9562, 4.1; RFC 8141, 2.3.3.
 */
export const itemGuid = (room: string, kind: ItemKind): string =>
  kind === 'episode' ? `urn:uuid:${room}` : `urn:uuid:${room}#${kind}`;
