import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type Media, TooMuchWaits } from './peer.ts';
import type { StageRefusal } from './refusal.ts';
import type { ConnectingLimit } from './signalling/handshakes.ts';

/** State that all rooms of a cell share. */
export interface StageCell {
  readonly clock: Clock;
  readonly log: Log;
  readonly media: Media;
  readonly handshakes: ConnectingLimit;
  readonly maxSpeakers: number;
  /** Speakers in all rooms of the cell; hosts are not counted. */
  readonly maxSpeakersOfAll: number;
  /** Folder in which raised hands are kept, so that a restart does not lose them; absent: in memory alone. */
  readonly handsDir?: string | undefined;
  /** Speakers who have a place now, in all rooms. */
  speakers(): number;
  /** Connections that the media library failed to open, since the start. */
  failures: number;
  /** When such a failure was last logged. */
  complained: number;
}

/** One end of a connection, with its place among the connections being made. */
export interface Opened<End> {
  readonly end: End;
  readonly handshake: Disposable;
}

/** Shortest interval between two log lines about failures. */
const COMPLAIN_MS = 60_000;
const CROWD: StageRefusal = {
  refused: 'stage-full',
  detail: 'Too many people are connecting right now',
  retryAfter: 2,
};
const FAILED: StageRefusal = { refused: 'media-unavailable', retryAfter: 5 };

/**
 * Opens one end when a place is free. An exception of the media library is handled here: counted, logged at most once a
 * minute, and refused.
 */
export async function openEnd<End extends Disposable>(
  cell: StageCell,
  slug: string,
  network: string | undefined,
  open: () => Promise<End>,
): Promise<Opened<End> | StageRefusal> {
  const handshake = await cell.handshakes.begin(slug, network);
  if (!handshake) return CROWD;
  try {
    return { end: await open(), handshake };
  } catch (error) {
    handshake[Symbol.dispose]();
    if (error instanceof TooMuchWaits) return CROWD;
    cell.failures += 1;
    const now = cell.clock.now();
    if (now - cell.complained >= COMPLAIN_MS) {
      cell.complained = now;
      cell.log.error(
        { slug, failures: cell.failures, error: String(error) },
        'a speaker could not be connected: the media library refused. People on stage are not affected. Check this machine’s memory, open files and network addresses',
      );
    }
    return FAILED;
  }
}
