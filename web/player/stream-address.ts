import { roomAt } from '../kit/room-name.ts';
import type { Where } from './stream.ts';

/** What a player asks a door for. */
export interface StreamWish {
  readonly base: string;
  readonly slug: string;
  readonly codec: 'opus' | 'aac';
  /** Seconds. */
  readonly margin: number;
  /** The last fragment that it has. */
  readonly after: number | undefined;
  readonly ticket: string | undefined;
  /** Inside a page of another site. */
  readonly embed?: boolean;
}

/** A part of a query; nothing without a value. */
const as = (name: string, value = ''): string => (value ? `&${name}=${encodeURIComponent(value)}` : '');

/** The address of the stream for a player that was last served at `where`. */
export function streamAddress(wish: StreamWish, where: Where): string {
  const { base, slug, codec, margin, after, ticket, embed } = wish;
  const ring = where.place === 'ring' ? '&was=ring' : '';
  const since = after === undefined ? '' : `&after=${after}${ring}${as('back', where.back)}`;
  return `${base}${roomAt(slug)}/stream?codec=${codec}&margin=${Math.round(margin * 1000)}${since}${as('ticket', where.seat ?? ticket)}${as('session', where.session ?? 'new')}${as('embed', embed ? '1' : '')}`;
}
