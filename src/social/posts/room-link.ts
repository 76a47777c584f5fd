import { find, roomPath } from '../../http/index.ts';
import { findFacets } from '../text/facets.ts';

/** A room, and perhaps a clip of it, that a text links to. */
export interface RoomLink {
  readonly room: string;
  readonly clip?: string;
}

/** The first room of the server at `host` that a text links to; undefined when there is none. */
export function roomLinkIn(text: string, host: string): RoomLink | undefined {
  for (const facet of findFacets(text)) {
    if (facet.kind !== 'link') continue;
    const url = new URL(facet.url);
    const path = url.pathname.replace(/\/$/, '');
    const id = url.host === host ? find(path)?.address.id : undefined;
    const { slug: room, rest = '' } = roomPath(path) ?? {};
    if (room === undefined) continue;
    if (id === 'room' || id === 'embed' || id === 'embed-before') return { room };
    if (id === 'clip' || id === 'embed-clip') return { room, clip: rest.split('/').at(-1) ?? '' };
  }
  return undefined;
}
