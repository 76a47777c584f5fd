/** What a room's page tells of its listener: fetched after what the sound needs. */

import { VISIT_IDLE_MS } from '../../src/wire/audience-events.ts';
import { proves } from '../../src/wire/listening/proof-sample.ts';
import { sessionOf } from '../../src/wire/listening-proof.ts';
import type { RoomState } from '../../src/wire/room.ts';
import type { Way } from '../../src/wire/session-record.ts';
import { roomAt } from '../kit/room-name.ts';
import type { Player } from '../player/index.ts';
import { type ListeningNow, PageBeacons } from './beacons.ts';
import { openEventBatches } from './event-batches.ts';
import { openFromPost } from './from-post.ts';
import { JoinWatch } from './joins.ts';
import { openPageSigns } from './open-page.ts';
import { asksForPrivacy, randomKey } from './random-key.ts';
import { type SignStore, Visits } from './visits.ts';

/** Signs of life are noted at most this often, ms. */
const SIGN_EVERY_MS = 60_000;
/** A session that could not be had is asked for again after this, ms. */
const ASK_AGAIN_MS = 30_000;

/** The sound of a page, as counting sees it. */
export interface CountedSound {
  readonly audio: HTMLAudioElement;
  readonly player: Player;
  /** Present while a recording is played instead of the live program. */
  readonly replay: object | undefined;
  /** True while the live program is fetched from caches. */
  readonly cached: boolean;
  /** True while sound is wanted, even if none has arrived yet. */
  readonly on: boolean;
}

/** The counting of one page. */
export interface RoomCounting {
  /** The first fragment of a segment was received. */
  segment(number: number, first: Uint8Array): void;
  /** Something about the sound may have changed; also called once a second. */
  look(state: RoomState): void;
}

/** What counting has to know of the page. */
export interface CountedPage {
  readonly slug: string;
  /** True for the player inside a page of another site: its listeners count, but nobody visits the room. */
  readonly embed?: boolean;
  /** Segments that were received before. */
  readonly early: readonly (readonly [number, Uint8Array])[];
  /** The server's wall clock, ms. */
  now(): number;
  /** What is known of the room. */
  state(): RoomState;
}

/** Begins to count on a page. */
export function openCounting(page: CountedPage, sound: CountedSound): RoomCounting {
  const { slug, embed = false, early, now, state } = page;
  const discreet = asksForPrivacy();
  const { audio, player } = sound;
  const own = openSession(slug, embed);
  /** Whether this tab held the connection when it was last heard: a stopped player holds none. */
  let leads = false;
  let last: Way = 'stream';
  /** Who proves, as the state of the room says. */
  let proofs: RoomState['proofs'];
  /** How it is heard; once it is stopped, how it was. */
  const way = (): Way => {
    if (sound.on) last = sound.replay ? 'replay' : sound.cached ? 'hls' : 'stream';
    return last;
  };
  const session = (): string | undefined => (way() === 'stream' ? player.session : own(way()));
  const listening = (): ListeningNow => {
    const stats = player.stats();
    if (sound.replay) leads = true;
    else if (sound.on) leads = stats.leads;
    const token = session();
    const id = token === undefined ? undefined : sessionOf(token);
    return {
      session: token,
      proves: !id || proves(id, proofs),
      way: way(),
      place: audio.currentTime,
      playing: !audio.paused,
      rate: sound.replay ? audio.playbackRate : 1,
      audible: !audio.muted && audio.volume > 0,
      hidden: document.visibilityState === 'hidden',
      leads,
      stalls: stats.waits,
    };
  };
  const beacons = new PageBeacons({
    now: () => performance.now(),
    look: listening,
    discreet,
    embed,
    send: (body) =>
      void fetch(`${roomAt(slug)}/beacon`, { method: 'POST', body, keepalive: true }).catch(() => {}),
    after: (ms, run) => void setTimeout(run, ms),
  });
  const events = openEventBatches(slug, () => (discreet ? undefined : session()));
  const fromPost = openFromPost();
  const joins = new JoinWatch((event) => {
    events.add(event);
    if (event[0] === 'success') fromPost?.();
  }, randomKey);
  const signs = embed ? undefined : openVisits(slug, discreet, () => events.add(['visit', randomKey()]));
  if (!embed) openPageSigns({ events, now, crowded: () => state().delivery.rung > 0 });

  for (const [number, first] of early) beacons.segment(number, first);
  for (const name of ['timeupdate', 'playing', 'waiting']) audio.addEventListener(name, () => beacons.tick());
  for (const name of ['pause', 'ended']) audio.addEventListener(name, () => beacons.finish());
  addEventListener('pagehide', () => {
    beacons.finish();
    joins.leave();
    events.flush();
  });
  return {
    segment: (number, first) => beacons.segment(number, first),
    look(state) {
      proofs = state.proofs;
      const stats = player.stats();
      joins.look(performance.now(), {
        state: player.state,
        reconnects: stats.reconnects,
        rebuilt: stats.rebuilt,
        received: stats.seq !== undefined,
        full: state.delivery.newcomers === 'text',
        online: navigator.onLine,
      });
      if (sound.on) signs?.();
    },
  };
}

/** The session of a player that no stream gives one: it hears caches, or a recording. One for each of the two. */
function openSession(slug: string, embed: boolean): (way: Way) => string | undefined {
  const tokens = new Map<Way, string>();
  const asked = new Map<Way, number>();
  const ask = async (way: Way): Promise<void> => {
    const body = JSON.stringify(embed ? { way, embed } : { way });
    const response = await fetch(`${roomAt(slug)}/session`, { method: 'POST', body });
    const { session } = (await response.json()) as { session?: unknown };
    if (response.ok && typeof session === 'string') tokens.set(way, session);
  };
  return (way) => {
    const token = tokens.get(way);
    if (token !== undefined) return token;
    const now = performance.now();
    if (now - (asked.get(way) ?? Number.NEGATIVE_INFINITY) > ASK_AGAIN_MS) {
      asked.set(way, now);
      ask(way).catch(() => {});
    }
    return undefined;
  };
}

/** Tells visits; returns what is called for a sign of life that is no event of the page. */
function openVisits(slug: string, discreet: boolean, begun: () => void): () => void {
  const key = `earshot-visit-${slug}`;
  let held: string | null = null;
  const store: SignStore = {
    read: () => (discreet ? held : stored(() => sessionStorage.getItem(key))),
    write(text) {
      held = text;
      if (!discreet) stored(() => sessionStorage.setItem(key, text));
    },
  };
  const visits = new Visits(store);
  let noted = Number.NEGATIVE_INFINITY;
  const sign = (): void => {
    const now = Date.now();
    if (document.visibilityState === 'hidden' && noted === Number.NEGATIVE_INFINITY) return;
    if (now - noted < Math.min(SIGN_EVERY_MS, VISIT_IDLE_MS)) return;
    noted = now;
    if (visits.sign(now)) begun();
  };
  // A page that a browser prepares ahead of a click is hidden, and no visit until it is shown.
  for (const name of ['visibilitychange', 'pointerdown', 'keydown']) document.addEventListener(name, sign);
  sign();
  return sign;
}

/** What a browser's storage does or gives; null where it forbids it. */
function stored<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
