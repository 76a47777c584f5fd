/** A room's radio as a file with one address in it: what car radios, network players and radio directories ask for. */
import { problem, type Reply } from '../../base/reply.ts';
import type { RoomCard } from '../../wire/room.ts';
import { radioTitle } from '../request/radio-fields.ts';

/** Lines that end as every system expects. */
const text = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n`;

/**
 * The list of a room in the format that its address names (`m3u`, `pls`). MP3 alone: every radio plays it, and to most
 * a second entry would be the next title. `spoken`: how the asker has reached this server, where no `publicUrl` is set.
 * Spec: none but the players that read it. The entry is an absolute URL: the file is opened from wherever it was saved.
 */
export function radioList(
  card: Pick<RoomCard, 'slug' | 'title' | 'hosts'> | undefined,
  path: string,
  publicUrl: string | undefined,
  spoken: { readonly scheme: string; readonly host: string },
): Reply {
  if (!card) return problem('room-unknown');
  // A program that names no host (HTTP/1.0) cannot be told where it is.
  if (publicUrl === undefined && spoken.host === '') return problem('bad-request');
  const address = `${publicUrl ?? `${spoken.scheme}://${spoken.host}`}/r/${card.slug}/radio.mp3`;
  const title = radioTitle(card);
  const pls = path.endsWith('.pls');
  return {
    status: 200,
    headers: {
      'content-type': pls ? 'audio/x-scpls; charset=utf-8' : 'audio/x-mpegurl; charset=utf-8',
      'content-disposition': `attachment; filename="${card.slug}.${pls ? 'pls' : 'm3u'}"`,
      'cache-control': 'no-store',
    },
    body: pls
      ? text(
          ...['[playlist]', 'NumberOfEntries=1', `File1=${address}`, `Title1=${title}`],
          ...['Length1=-1', 'Version=2'],
        )
      : text('#EXTM3U', `#EXTINF:-1,${title}`, address),
  };
}
