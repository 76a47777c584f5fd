import type { Socket } from 'node:net';
import { FRAGMENT_MS, FRAGMENTS_PER_PART, FRAGMENTS_PER_SEGMENT } from '../../base/time.ts';
import { find } from '../../http/index.ts';
import { SESSION_TOKEN } from '../../wire/listening-proof.ts';
import { FLAG, TRANSPORTS, type Way } from '../../wire/session-record.ts';
import type { Listening } from '../request/listening.ts';
import type { FileHearing } from '../socket/hearing.ts';
import type { Arrivals } from './arrivals.ts';
import type { ListeningSessions } from './sessions.ts';

/** Rows of a listener key that are looked at. */
const MOST_LOOKED_AT = 16;

/** A file with sound: how it is fetched, how much it holds, and its last fragment. */
interface SoundFile {
  readonly slug: string;
  readonly way: Way;
  /** ms. */
  readonly length: number;
  readonly last: number;
}

const SEGMENT = /\/(\d{1,9})(?:\.(\d{1,2})|-(\d{1,2}))?\.m4s$/;

/** The piece of sound at a path; undefined when the path has nothing to do with listening. A playlist has no sound. */
export function soundFile(path: string): SoundFile | undefined {
  const found = find(path);
  if (!found) return undefined;
  const slug = found.room;
  const [, number = '0', part, pieces] = SEGMENT.exec(path) ?? [];
  const first = Number(number) * FRAGMENTS_PER_SEGMENT;
  const of = (way: Way, fragments: number, from: number): SoundFile => ({
    ...{ slug, way, length: fragments * FRAGMENT_MS, last: from + fragments - 1 },
  });
  switch (found.address.id) {
    case 'live-segment':
      return of('hls', FRAGMENTS_PER_SEGMENT, first);
    case 'live-part':
      return of('ll-hls', FRAGMENTS_PER_PART, first + Number(part) * FRAGMENTS_PER_PART);
    case 'live-list':
      return of('ll-hls', 0, 0);
    case 'live-slow':
      return of('hls', 0, 0);
    case 'replay-segment':
      return of('replay', FRAGMENTS_PER_SEGMENT, first);
    case 'replay-piece':
      return of('replay', Number(pieces), Number(number));
    case 'replay-list':
      return of('replay', 0, 0);
    default:
      return undefined;
  }
}

const SESSION = /(?:^|&)session=([^&]*)/;
/** The session token in a query. */
export const sessionIn = (query: string): string | undefined => SESSION.exec(query)?.[1];

/** Dependencies of counting listeners who fetch files. */
export interface FileSessionsDeps {
  readonly sessions: ListeningSessions;
  readonly arrivals: Arrivals;
  /** True while a stream is written to for the session of a row. */
  streams(row: number): boolean;
  /** A session was begun or opened. */
  wake(): void;
}

/** Counters of listening by files, for the metrics. */
export interface FileCounts {
  /** Answers with sound that went to a cache or proxy: who heard them is not known here. */
  relayed: number;
}

/**
 * Sessions of players that fetch playlists and pieces of sound. A piece counts once the kernel reports that all of it has
 * arrived: at the next request on its connection, or some seconds later. Its session is the one of the playlist that was
 * fetched on the same connection, or else that of the listener key.
 */
export class FileSessions {
  readonly counts: FileCounts = { relayed: 0 };
  readonly #deps: FileSessionsDeps;

  constructor(deps: FileSessionsDeps) {
    this.#deps = deps;
  }

  /**
   * A file is asked for. A player asks when it has what it asked for before; a program that asks without reading has
   * what the kernel says. `who`: asked only when needed.
   */
  asked(hearing: FileHearing, path: string, query: string, who: () => Listening, socket?: Socket): void {
    if (socket) this.look(hearing, socket);
    const file = soundFile(path);
    if (!file) return;
    const before = hearing.row;
    const row = this.#rowOf(hearing, file, sessionIn(query), who);
    hearing.asked += 1;
    // What is still under way was for another session.
    if (row !== before) hearing.pending = 0;
    hearing.last = 0;
    if (row < 0) return;
    const { sessions } = this.#deps;
    sessions.present(row);
    if (file.length === 0) return;
    sessions.begins(row);
    const { table } = sessions;
    if (file.last <= (table.fragment[row] ?? -1) && file.way !== 'replay') return;
    table.fragment[row] = file.last;
    hearing.pending += file.length;
    hearing.last = file.length;
  }

  /** The answer was another one than the file: nothing is heard of it. */
  refused(hearing: FileHearing): void {
    hearing.pending = Math.max(0, hearing.pending - hearing.last);
    hearing.last = 0;
  }

  /** All answers have arrived. */
  settle(hearing: FileHearing): void {
    const { pending, row, low, high } = hearing;
    hearing.pending = 0;
    hearing.last = 0;
    if (pending > 0 && this.#deps.sessions.table.holds(row, low, high))
      this.#deps.sessions.deliver(row, pending);
  }

  /** Asks the kernel whether everything has arrived. */
  look(hearing: FileHearing, socket: Socket): void {
    if (hearing.pending > 0 && this.#deps.arrivals.isIdle(socket)) this.settle(hearing);
  }

  /** Settles once what was written so far has arrived. */
  watch(hearing: FileHearing, socket: Socket): void {
    const all = socket.bytesWritten;
    this.#deps.arrivals.watch(socket, (arrived) => {
      if (arrived < all) return false;
      this.settle(hearing);
      return true;
    });
  }

  /** A connection has closed: that tells when a player left which had asked for more than one file on it. */
  left({ row, low, high, asked }: FileHearing): void {
    const { sessions } = this.#deps;
    if (asked > 1 && sessions.table.holds(row, low, high)) sessions.leaves(row);
  }

  /** The session of a listener who fetches the recording as one file, in one request or many; −1 when it is nobody's. */
  download(hearing: FileHearing, slug: string, who: Listening): number {
    if (who.prefetch || who.relayed) return -1;
    const row = this.#ofKey({ slug, way: 'download', length: 0, last: 0 }, who);
    hearing.asked += 1;
    if (row >= 0) this.#bind(hearing, row, undefined);
    return row;
  }

  #rowOf(hearing: FileHearing, file: SoundFile, given: string | undefined, who: () => Listening): number {
    const { sessions } = this.#deps;
    const { table } = sessions;
    const token = given !== undefined && SESSION_TOKEN.test(given) ? given : undefined;
    const { row, low, high } = hearing;
    const same = token === undefined || token === hearing.token;
    if (same && table.holds(row, low, high) && sessions.isIn(row, file.slug)) {
      sessions.open(row);
      return row;
    }
    const listening = who();
    if (listening.prefetch) return -1;
    if (listening.relayed) {
      this.counts.relayed += 1;
      return -1;
    }
    const found = token === undefined ? this.#ofKey(file, listening) : this.#ofToken(file, listening, token);
    if (found >= 0) this.#bind(hearing, found, token);
    return found;
  }

  #bind(hearing: FileHearing, row: number, token: string | undefined): void {
    const { sessions, wake } = this.#deps;
    hearing.row = row;
    hearing.low = sessions.table.idLow[row] ?? 0;
    hearing.high = sessions.table.idHigh[row] ?? 0;
    hearing.token = token;
    sessions.open(row);
    wake();
  }

  /** A token that is not good is no session: its listener is known by key, and does not count. */
  #ofToken(file: SoundFile, who: Listening, token: string): number {
    const { sessions } = this.#deps;
    const fault = sessions.tokenFault(token, file.slug);
    if (fault === undefined) return this.#ofGoodToken(file, who, token);
    const known = this.#find(file, who);
    return known >= 0 ? known : sessions.begin(file.slug, file.way, who, token).row;
  }

  /** A session that begins with its playlist is that of a player that cannot prove anything. */
  #ofGoodToken(file: SoundFile, who: Listening, token: string): number {
    const { sessions } = this.#deps;
    const before = sessions.rowOf(token);
    // It hears a stream, and fetches a piece beside it.
    if (before >= 0 && this.#deps.streams(before)) return before;
    const { row } = sessions.begin(file.slug, file.way, who, token);
    if (row >= 0 && before < 0) sessions.table.raise(row, FLAG.silent);
    return row;
  }

  #ofKey(file: SoundFile, who: Listening): number {
    const known = this.#find(file, who);
    return known >= 0 ? known : this.#deps.sessions.begin(file.slug, file.way, who).row;
  }

  /** The session of this key that lacks the piece; of several the first. */
  #find({ slug, last, length, way }: SoundFile, who: Listening): number {
    const { sessions, streams } = this.#deps;
    const { table } = sessions;
    let any = -1;
    let looked = 0;
    for (let row = table.firstOf(...sessions.keyOf(who)); row >= 0; row = table.nextOf(row)) {
      looked += 1;
      if (looked > MOST_LOOKED_AT) break;
      if (!sessions.isIn(row, slug) || streams(row)) continue;
      const its = TRANSPORTS[(table.kind[row] ?? 0) & 15];
      const differ = (kind: Way): boolean => (its === kind) !== (way === kind);
      if (its === 'radio' || differ('replay') || differ('download')) continue;
      any = any < 0 ? row : any;
      if (length === 0 || (table.fragment[row] ?? -1) < last) return row;
    }
    return any;
  }
}
