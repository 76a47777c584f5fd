import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';
import { MOST_IMAGE_BYTES } from './image-size.ts';

/** Images that are received or made at a time; each may be in memory whole. */
const MOST_PLACES = 6;
/** Those that one account has of them. */
const MOST_OF_ACCOUNT = 2;
/** Requests that wait for a place, unread. */
const MOST_WAITING = 32;
/** How long they wait, ms. */
const WAIT_MS = 12_000;
/** A file that is still arriving after this long gives up its place to somebody who waits, ms. */
const SAFE_MS = 20_000;
/** One that has not arrived after this long is given up in any case, ms. */
const RECEIVE_MS = 120_000;
/** So is one that brings fewer than `FLOOR_BYTES` within this long: 4 kB/s. */
const FLOOR_MS = 10_000;
const FLOOR_BYTES = 40_000;

/** Why a file was not received. */
export type ReceivingFault = 'too-large' | 'too-slow' | 'broken-off';

/** A place of somebody whose image is received and made. */
export interface ImagePlace extends Disposable {
  /** Reads a file, as long as it comes fast enough and is not too long. */
  receive(body: AsyncIterable<Uint8Array>): Promise<Buffer | ReceivingFault>;
}

interface Taken {
  readonly owner: string;
  readonly since: number;
  /** Ends its reception; undefined while it is not receiving. */
  end: ((why: ReceivingFault) => void) | undefined;
}

/** Where images are received: so many at a time, and so many wait. */
export interface ImagePlaces {
  /** Undefined when too many wait already, or none became free. */
  take(owner: string): Promise<ImagePlace | undefined>;
}

/** Opens the places. */
export function openImagePlaces(clock: Clock): ImagePlaces {
  const taken = new Set<Taken>();
  const waiting = new Set<{ readonly owner: string; readonly go: (place: Taken | undefined) => void }>();
  const fits = (owner: string): boolean =>
    taken.size < MOST_PLACES && [...taken].filter((one) => one.owner === owner).length < MOST_OF_ACCOUNT;
  const begin = (owner: string): Taken => {
    const one: Taken = { owner, since: clock.now(), end: undefined };
    taken.add(one);
    return one;
  };
  /** Whoever has been sending for long goes, when everybody else waits for them. */
  const makeRoom = (): void => {
    const oldest = [...taken].find(({ end, since }) => end && clock.now() - since > SAFE_MS);
    if (taken.size >= MOST_PLACES) oldest?.end?.('too-slow');
  };
  const next = (): void => {
    for (const one of waiting) {
      if (!fits(one.owner)) continue;
      waiting.delete(one);
      one.go(begin(one.owner));
    }
  };
  const placed = async (owner: string): Promise<Taken | undefined> => {
    if (fits(owner)) return begin(owner);
    makeRoom();
    if (waiting.size >= MOST_WAITING) return undefined;
    const { promise, resolve } = Promise.withResolvers<Taken | undefined>();
    const one = { owner, go: resolve };
    waiting.add(one);
    using _ = clock.after(ms(WAIT_MS), () => {
      waiting.delete(one);
      resolve(undefined);
    });
    return await promise;
  };
  return {
    async take(owner) {
      const one = await placed(owner);
      return (
        one && {
          receive: (body) => receive(clock, body, one),
          [Symbol.dispose]() {
            taken.delete(one);
            next();
          },
        }
      );
    },
  };
}

async function receive(
  clock: Clock,
  body: AsyncIterable<Uint8Array>,
  place: Taken,
): Promise<Buffer | ReceivingFault> {
  const ended = Promise.withResolvers<ReceivingFault>();
  place.end = ended.resolve;
  const parts = body[Symbol.asyncIterator]();
  const all: Uint8Array[] = [];
  let [size, before] = [0, 0];
  using _floor = clock.every(ms(FLOOR_MS), () => {
    if (size - before < FLOOR_BYTES) ended.resolve('too-slow');
    before = size;
  });
  using _late = clock.after(ms(RECEIVE_MS), () => ended.resolve('too-slow'));
  try {
    for (;;) {
      const part = await Promise.race([parts.next(), ended.promise]);
      if (typeof part === 'string') return part;
      if (part.done) return Buffer.concat(all);
      size += part.value.length;
      if (size > MOST_IMAGE_BYTES) return 'too-large';
      all.push(part.value);
    }
  } catch {
    return 'broken-off';
  } finally {
    place.end = undefined;
    // One that never sends anything would keep us waiting for its end as well.
    void Promise.resolve(parts.return?.()).catch(() => undefined);
  }
}
