import type { Rendition } from '../../base/media.ts';
import { FRAGMENT_MS, type Ms, ms } from '../../base/time.ts';
import { find, HEARD_BY_ALL } from '../../http/index.ts';
import type { StreamPlace } from '../../wire/notice.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { Listening } from './listening.ts';
import { radioFields } from './radio-fields.ts';

/** A request for a stream, read from its address. */
export interface StreamRequest {
  readonly slug: string;
  readonly rendition: Rendition;
  /** The last fragment the listener already has. */
  readonly after?: number;
  /** How much sound the listener wants to have buffered when it starts. */
  readonly margin: Ms;
  /** It asks for the delayed stream. */
  readonly delayed?: true;
  /** `after` is a position on the delayed stream, of no use at the live edge. */
  readonly was?: 'ring';
  /** The return token from its previous stream; not checked yet. */
  readonly back?: string;
  /** Its session, or `new`; absent for players that keep none. Not checked yet. */
  readonly session?: string;
  /** It is heard inside another site. */
  readonly embed?: true;
  /** Who asks, as far as counting looks at it. */
  readonly who?: Listening;
  /** A radio that gets titles between the sound. */
  readonly titles?: true;
  /** The ticket that may move it up to the live edge; not checked yet. */
  readonly ticket?: string;
}

/** Default margin of our player, ms. */
const STREAM_MARGIN = 300;
/** A radio has no margin control of its own, so it gets enough to last through the longest write period. */
const RADIO_MARGIN = 2_600;
/** A larger margin is reduced to this: a listener that wants more wants the replay. */
const MAX_MARGIN = 10_000;
const TICKET = /^[\w.~-]{1,256}$/;
/** Fragment numbers are 32 bit in `mfhd`. */
const MAX_SEQ = 0xffff_ffff;

/** A number in decimal digits from 0 to `max`, or undefined. */
const count = (text: string | null, max: number): number | undefined =>
  text !== null && /^\d{1,10}$/.test(text) ? Math.min(Number(text), max) : undefined;

/** The best rendition of a codec within `rate` kbit/s; its lowest when none fits, its first without a rate. */
function pick(codec: string, rate: number | undefined): Rendition | undefined {
  const of = RENDITIONS.filter((r) => r.container === 'fmp4' && r.codec === codec);
  if (rate === undefined) return of[0];
  return of.find((r) => r.bitrate <= rate * 1000) ?? of.at(-1);
}

/**
 * The stream requested by `target` (path and query), or undefined when the path is not a stream. Unknown values mean
 * the default. `titles`: the client asks for titles between the sound, which only containers of bare frames can
 * carry.
 */
export function readStreamRequest(target: string, titles = false): StreamRequest | undefined {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  const margin = count(query.get('margin'), MAX_MARGIN);
  const ticket = query.get('ticket') ?? '';
  const back = query.get('back') ?? '';
  const session = query.get('session') ?? '';
  const place = {
    ...(query.get('ring') === '1' ? { ring: true as const } : {}),
    ...(TICKET.test(ticket) ? { ticket } : {}),
  };
  const found = find(path);
  if (!found?.address.endless) return undefined;
  const slug = found.room;
  if (found.address.id === 'radio') {
    const format = path.slice(path.lastIndexOf('.') + 1);
    const rendition = RENDITIONS.find((r) => r.id === `radio-${format}`);
    const bare = rendition?.container === 'mpeg' || rendition?.container === 'adts';
    return (
      rendition && {
        ...{ slug, rendition, margin: ms(margin ?? RADIO_MARGIN), ...place },
        ...(titles && bare ? { titles: true as const } : {}),
      }
    );
  }
  const rendition = pick(query.get('codec') === 'aac' ? 'aac' : 'opus', count(query.get('rate'), 10_000));
  const after = count(query.get('after'), MAX_SEQ);
  return (
    rendition && {
      slug,
      rendition,
      ...(after === undefined ? {} : { after }),
      ...(TICKET.test(back) ? { back } : {}),
      ...(TICKET.test(session) ? { session } : {}),
      ...(query.get('embed') === '1' ? { embed: true as const } : {}),
      ...(query.get('was') === 'ring' ? { was: 'ring' as const } : {}),
      margin: ms(margin ?? STREAM_MARGIN),
      ...place,
    }
  );
}

/** The media type of a rendition's stream. Spec: RFC 6381; RFC 7845, 9. */
export function mediaType(rendition: Rendition): string {
  switch (rendition.container) {
    case 'fmp4':
      return `audio/mp4; codecs="${rendition.codecs}"`;
    case 'adts':
      return 'audio/aac';
    case 'ogg':
      return 'audio/ogg; codecs=opus';
    case 'mpeg':
      return 'audio/mpeg';
  }
}

/** Headers of the answer to HEAD for a stream that is available. */
export const streamFields = (
  { rendition, titles }: StreamRequest,
  card: RoomCard | undefined,
): Record<string, string> => ({
  'content-type': mediaType(rendition),
  'cache-control': 'no-store',
  connection: 'close',
  'earshot-period': String(FRAGMENT_MS),
  'earshot-rendition': rendition.id,
  ...(rendition.container === 'fmp4' ? {} : radioFields(rendition, card, titles === true)),
});

const lines = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
const OPEN = lines(HEARD_BY_ALL);

/**
 * The head of a stream's answer: no length and `connection: close`, so that HTTP/1.0 players and proxies accept it
 * too.
 */
export function streamHead(
  rendition: Rendition,
  timing: {
    period: Ms;
    next: Ms;
    date: string;
    place: StreamPlace;
    behind: Ms;
    seat?: string;
    back?: string;
    session?: string;
    /** The session need not prove what it hears. */
    excused?: true;
    /** More headers. */
    more?: Readonly<Record<string, string>>;
  },
): string {
  return (
    `HTTP/1.1 200 OK\r\ncontent-type: ${mediaType(rendition)}\r\ndate: ${timing.date}\r\ncache-control: no-store\r\n` +
    `connection: close\r\n${OPEN}` +
    'x-content-type-options: nosniff\r\nx-accel-buffering: no\r\n' +
    `earshot-period: ${timing.period}\r\nearshot-next: ${Math.max(0, Math.round(timing.next))}\r\n` +
    `earshot-rendition: ${rendition.id}\r\nearshot-place: ${timing.place}\r\n` +
    `earshot-behind: ${Math.round(timing.behind)}\r\n${timing.seat ? `earshot-seat: ${timing.seat}\r\n` : ''}` +
    `${timing.back ? `earshot-back: ${timing.back}\r\n` : ''}` +
    `${timing.session ? `earshot-session: ${timing.session}\r\n` : ''}` +
    `${timing.excused ? 'earshot-proofs: no\r\n' : ''}${lines(timing.more ?? {})}\r\n`
  );
}
