import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';
import { type FinishedRequest, openSalts, type Requester, type RequestListener } from '../../door/index.ts';
import { find } from '../../http/index.ts';
import { openHmac } from '../../keys/hmac.ts';
import { keyFor } from '../../keys/signing-keys.ts';
import type { TargetKind } from '../../verdict/clients/target-kind.ts';
import { SLOT_MS } from '../../verdict/live/request-slot.ts';
import { RequestSummary } from '../../verdict/live/request-summary.ts';
import type { HeardStream, SummarisedRequest } from '../../verdict/live/summarised-request.ts';

const LOOK = ms(1_000);
/** Slots that are told again to a tally that was away: three minutes. */
const KEPT_SLOTS = 18;
const MOST_KEPT_BYTES = 32 * 1024 * 1024;
const MOST_PATHS = 2_000;

/** What the addresses of this server are for, as a verdict sees them; all others are the API. */
const KINDS: Readonly<Partial<Record<TargetKind, string>>> = {
  page: 'home room numbers figure-card embed studio plan verify privacy operate errors queue-page claims case incidents incident room-claims',
  asset: 'asset icon figure-png claim-card room-claim-card case-file',
  file: 'bundle numbers-csv numbers-parquet',
  segment: 'stream radio live-segment live-part live-init replay-segment replay-piece replay-init download',
  playlist: 'live-list live-slow live-main live-slow-main live-steering replay-main replay-list radio-list',
  feed: 'feed room-feed robots calendar',
};
const KIND_OF: ReadonlyMap<string, TargetKind> = new Map(
  Object.entries(KINDS).flatMap(([kind, ids]) => ids.split(' ').map((id) => [id, kind as TargetKind])),
);

interface Asked {
  readonly asks: TargetKind | undefined;
  readonly name: string | undefined;
}
const NOTHING: Asked = { asks: undefined, name: undefined };

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
export function openDoorRequests({ clock, door, run, secret, send }: DoorRequestsDeps): DoorRequests {
  const salts = openSalts(run);
  const life = String(Math.round(clock.wall()));
  const lasting = openHmac(keyFor(secret, 'prefixes seen before'));
  const summary = new RequestSummary({
    ...{ door, life },
    daily: (text, wall) => salts.at(wall)(`request ${text}`).toString('hex'),
    lasting: (text) => lasting(text).toString('hex'),
  });
  const asked = new Map<string, Asked>();
  const heard = new Map<string, HeardStream[]>();
  const kept: Uint8Array[][] = [];
  let ahead = clock.wall() - clock.now();
  let slot = Math.floor(clock.wall() / SLOT_MS);
  const end = (): void => {
    const parts = summary.take(slot * SLOT_MS).map((part) => Buffer.from(JSON.stringify(part)));
    kept.push(parts);
    const size = (): number => kept.flat().reduce((sum, { length }) => sum + length, 0);
    while (kept.length > KEPT_SLOTS || (kept.length > 1 && size() > MOST_KEPT_BYTES)) kept.shift();
    for (const part of parts) send(part);
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
  const askedFor = ({ path, status, method }: FinishedRequest): Asked => {
    if (status === 404 || method === '') return NOTHING;
    const known = asked.get(path);
    if (known) return known;
    const address = find(path)?.address;
    const found: Asked = address
      ? { asks: KIND_OF.get(address.id) ?? 'api', name: address.pattern }
      : NOTHING;
    if (asked.size >= MOST_PATHS) asked.clear();
    asked.set(Buffer.from(path).toString(), found);
    return found;
  };
  const request = {
    ...{ at: 0, address: '', agent: '', method: '', target: '', status: 0, bytes: 0, referer: '' },
    ...{ duration: 0, work: 0, asks: undefined, name: undefined },
  } as { -readonly [Name in keyof SummarisedRequest]: SummarisedRequest[Name] };
  return {
    over(finished) {
      const { requester, query } = finished;
      const { asks, name } = askedFor(finished);
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
    [Symbol.dispose]: () => looking[Symbol.dispose](),
  };
}
