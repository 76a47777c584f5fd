import type { Rendition } from '../../base/media.ts';
import type { RoomCard } from '../../wire/room.ts';

/** Bytes of sound between two blocks: a second of the MP3 radio. */
export const TITLE_INTERVAL = 8_192;

/** What a radio shows for a room: `hosts - title`, in one line. */
export const radioTitle = ({ title, hosts }: Pick<RoomCard, 'title' | 'hosts'>): string =>
  (hosts.length > 0 ? `${hosts.join(', ')} - ${title}` : title).replaceAll(/\p{Cc}+/gu, ' ');

/** Response headers for a radio. Text is UTF-8, as Icecast sends it, in a latin1 string. */
export function radioFields(
  { bitrate }: Rendition,
  card: Pick<RoomCard, 'title' | 'hosts'> | undefined,
  titled: boolean,
): Record<string, string> {
  const raw = (title: string): string => Buffer.from(radioTitle({ title, hosts: [] })).toString('latin1');
  return {
    ...(card ? { 'icy-name': raw(card.title) } : {}),
    ...(card && card.hosts.length > 0 ? { 'icy-description': raw(card.hosts.join(', ')) } : {}),
    'icy-br': String(Math.round(bitrate / 1000)),
    'icy-pub': '0',
    ...(titled ? { 'icy-metaint': String(TITLE_INTERVAL) } : {}),
  };
}
