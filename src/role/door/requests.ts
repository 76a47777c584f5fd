import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';
import { openSalts, type Requester, type RequestListener } from '../../door/index.ts';
import { openHmac } from '../../keys/hmac.ts';
import { keyFor } from '../../keys/signing-keys.ts';
import { type SentSlot, SLOT_MS } from '../../verdict/live/request-slot.ts';
import { RequestSummary } from '../../verdict/live/request-summary.ts';
import type { HeardStream, SummarisedRequest } from '../../verdict/live/summarised-request.ts';
import { AskedAddresses } from './asked-addresses.ts';

const LOOK = ms(1_000);
/** Slots that are told again to a tally that was away: three minutes. */
const KEPT_SLOTS = 18;
const MOST_KEPT_BYTES = 32 * 1024 * 1024;
/** A slot is written in pieces of this many ms and steps (16 rows), with everything else of the loop in between. */
const PIECE_MS = 1;
const PIECE_STEPS = 16;

/** Dependencies of a door's summary of requests. */
export interface DoorRequestsDeps {
  readonly clock: Clock;
  readonly door: string;
  /** The folder with the salts of the day, which all doors share. */
  readonly run: string;
  /** The installation's secret. */
  readonly secret: Uint8Array;
  /** Sends a part of a slot to the tally. */
  send(body: Uint8Array): void;
  /** Runs something when the loop has been through what waits; default: `setImmediate`. */
  soon?(run: () => void): void;
}

/** A door's summary of its requests: every ten seconds the tally is told who asked for what, by hashes. */
export interface DoorRequests extends Disposable {
  readonly over: RequestListener;
  /** Somebody begins or stops to hear a stream. */
  heard(requester: Requester, change: 1 | -1): void;
  /** Tells the last three minutes again. */
  again(): void;
}

/** Opens it. */
export function openDoorRequests(deps: DoorRequestsDeps): DoorRequests {
  const { clock, door, run, secret, send, soon = setImmediate } = deps;
  const salts = openSalts(run);
  const life = String(Math.round(clock.wall()));
  const lasting = openHmac(keyFor(secret, 'prefixes seen before'));
  const summary = new RequestSummary({
    ...{ door, life },
    daily: (text, wall) => salts.at(wall)(`request ${text}`).toString('hex'),
    lasting: (text) => lasting(text).toString('hex'),
  });
  const addresses = new AskedAddresses((slug) => lasting(`room ${slug}`).toString('hex').slice(0, 12));
  const heard = new Map<string, HeardStream[]>();
  const kept: Uint8Array[][] = [];
  let keptBytes = 0;
  let ahead = clock.wall() - clock.now();
  let slot = Math.floor(clock.wall() / SLOT_MS);
  let ending: Generator<SentSlot | undefined> | undefined;
  let parts: Uint8Array[] = [];
  let waiting = false;
  let slotRooms: readonly (readonly [string, number])[] = [];
  /** Writes on: one piece, or everything that is left. */
  const writeOn = (whole: boolean): void => {
    const until = clock.now() + PIECE_MS;
    for (let steps = 0; ending && (whole || (steps < PIECE_STEPS && clock.now() < until)); steps++) {
      const { value, done } = ending.next();
      if (done) ending = undefined;
      if (!value) continue;
      const first = value.part === 0 && slotRooms.length > 0;
      const part = Buffer.from(JSON.stringify(first ? { ...value, rooms: slotRooms } : value));
      parts.push(part);
      keptBytes += part.length;
      send(part);
      while (kept.length > 1 && keptBytes > MOST_KEPT_BYTES) forget();
    }
    if (ending) later();
  };
  const later = (): void => {
    if (waiting) return;
    waiting = true;
    soon(() => {
      waiting = false;
      writeOn(false);
    });
  };
  const forget = (): void => {
    for (const { length } of kept.shift() ?? []) keptBytes -= length;
  };
  const end = (): void => {
    // Ten seconds were not enough: the loop is busier than pieces are worth.
    writeOn(true);
    ending = summary.end(slot * SLOT_MS);
    slotRooms = addresses.busiestRooms();
    parts = [];
    kept.push(parts);
    if (kept.length > KEPT_SLOTS) forget();
    later();
  };
  const looking = clock.every(LOOK, () => {
    const wall = clock.wall();
    ahead = wall - clock.now();
    const now = Math.floor(wall / SLOT_MS);
    // A clock that was set back goes on with the slot that it had.
    if (now <= slot) return;
    end();
    slot = now;
  });
  const request = {
    ...{ at: 0, address: '', agent: '', method: '', target: '', status: 0, bytes: 0, referer: '' },
    ...{ duration: 0, work: 0, asks: undefined, name: undefined },
  } as { -readonly [Name in keyof SummarisedRequest]: SummarisedRequest[Name] };
  return {
    over(finished) {
      const { requester, query } = finished;
      const { asks, name } = addresses.count(finished);
      request.at = finished.at + finished.duration + ahead;
      request.address = requester.address;
      request.agent = requester.agent;
      request.method = finished.method;
      request.target = query === '' ? finished.path : `${finished.path}?${query}`;
      request.status = finished.status;
      request.bytes = finished.bytes;
      request.duration = finished.duration;
      request.work = finished.cpu / 1_000;
      request.asks = asks;
      request.name = name;
      summary.add(request);
    },
    heard({ address, agent }, change) {
      const key = `${address} ${agent}`;
      const streams = heard.get(key) ?? [];
      if (change > 0) {
        streams.push(summary.hears(address, agent, clock.wall()));
        heard.set(key, streams);
        return;
      }
      const gone = streams.shift();
      if (gone) summary.leaves(gone);
      if (streams.length === 0) heard.delete(key);
    },
    again() {
      for (const part of kept.flat()) send(part);
    },
    [Symbol.dispose]() {
      looking[Symbol.dispose]();
      writeOn(true);
    },
  };
}
