import type { Beacon } from '../../src/wire/listening/beacon.ts';
import { proofDelay, sessionOf } from '../../src/wire/listening-proof.ts';
import { tagOf } from '../../src/wire/segment-tag.ts';
import { PlayedTime } from './played-time.ts';
import { ListeningWindows, type WindowProof } from './windows.ts';

/** The state of the sound at the time of a beacon. */
export interface ListeningNow {
  /** The session's token; undefined while there is none. */
  readonly session: string | undefined;
  readonly way: Beacon['way'];
  /** Media time of the playhead, seconds. */
  readonly place: number;
  readonly playing: boolean;
  readonly rate: number;
  readonly audible: boolean;
  readonly hidden: boolean;
  /** False in a tab that hears through the connection of another one: that one tells. */
  readonly leads: boolean;
  /** False for a session that others stand for: it says nothing. */
  readonly proves: boolean;
  /** How often the sound has run dry since the page was loaded. */
  readonly stalls: number;
}

/** More is not believed of one beacon. */
const MOST_SECONDS = 120;

/** Dependencies of beacons on the page. */
export interface BeaconDeps {
  /** Monotonic ms. */
  now(): number;
  look(): ListeningNow;
  /** True inside a page of another site. */
  readonly embed: boolean;
  /** True: says no more than that somebody listens. */
  readonly discreet: boolean;
  send(body: string): void;
  after(ms: number, run: () => void): void;
}

const isSame = (token: string, other: string): boolean => {
  const [a, b] = [sessionOf(token), sessionOf(other)];
  return a !== undefined && b !== undefined && a.every((byte, n) => byte === b[n]);
};

/** Sends the beacons of one page: every 30 s a proof of what was received, with the seconds that were played. */
export class PageBeacons {
  readonly #deps: BeaconDeps;
  readonly #played = new PlayedTime();
  #token: string | undefined;
  #windows: ListeningWindows | undefined;
  /** Tags that came before there was a session. */
  #early: (readonly [number, Uint8Array])[] = [];
  #due: { readonly proof: WindowProof; readonly at: number } | undefined;
  #stalls = 0;

  constructor(deps: BeaconDeps) {
    this.#deps = deps;
  }

  /** The first fragment of a segment was received. */
  segment(number: number, first: Uint8Array): void {
    const tag = tagOf(first)?.slice();
    this.tick();
    if (!tag) return;
    if (!this.#windows) {
      this.#early = [...this.#early.slice(-11), [number, tag]];
      return;
    }
    this.#prove(this.#windows.take(number, tag));
  }

  /** Looks at what plays, and sends what is due. Called often: when sound comes, and when the element's time moves. */
  tick(): void {
    const now = this.#deps.now();
    const { session, place, playing, rate } = this.#deps.look();
    this.#played.look(now / 1000, place, playing, rate);
    if (session !== this.#token) this.#begin(session);
    if (this.#due && now >= this.#due.at) this.#send(this.#due.proof);
  }

  /** The page is left, or the sound stops: sends what was not yet said. */
  finish(): void {
    this.tick();
    const rest = this.#due?.proof ?? this.#windows?.rest();
    if (rest) this.#send(rest);
  }

  #begin(session: string | undefined): void {
    const known = this.#token;
    this.#token = session;
    // Each reconnect brings a fresh token of the same session.
    if (session !== undefined && known !== undefined && isSame(session, known)) return;
    this.#due = undefined;
    this.#windows = session !== undefined && sessionOf(session) ? new ListeningWindows(session) : undefined;
    if (!this.#windows) return;
    for (const [number, tag] of this.#early) this.#prove(this.#windows.take(number, tag));
    this.#early = [];
  }

  #prove(proof: WindowProof | undefined): void {
    const session = this.#token === undefined ? undefined : sessionOf(this.#token);
    if (!proof || !session) return;
    // Not all players at one instant. A timer of a hidden page may come late; the next segment is as good.
    const delay = proofDelay(session);
    this.#due = { proof, at: this.#deps.now() + delay };
    this.#deps.after(delay, () => this.tick());
  }

  #send(proof: WindowProof): void {
    this.#due = undefined;
    const { session, way, audible, hidden, leads, proves, stalls } = this.#deps.look();
    const seconds = this.#played.take();
    const stalled = stalls - this.#stalls;
    this.#stalls = stalls;
    if (!leads || !proves || session === undefined) return;
    const said: Beacon = {
      ...{ session, way, ...proof },
      seconds: Math.min(MOST_SECONDS, Math.round(seconds * 100) / 100),
      ...(this.#deps.embed ? { embed: true } : {}),
      ...(this.#deps.discreet ? {} : { audible, hidden, stalls: stalled }),
    };
    this.#deps.send(JSON.stringify(said));
  }
}
