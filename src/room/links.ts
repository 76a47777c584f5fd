import type { RecordingNote } from '../wire/recording.ts';
import type { HostGone, Quarantine, RoomAccess, RoomCard, RoomPlans, StoppedRoom } from '../wire/room.ts';
import type { StageRules } from '../wire/stage/hands.ts';

/** The addresses of one room, absolute. */
export interface Links {
  /** The page for listeners. */
  readonly url: string;
  /** WHIP: where a microphone publishes. Spec: RFC 9725. */
  readonly whip: string;
  /** WHEP: where speakers hear each other. */
  readonly whep: string;
  /** The endless stream. */
  readonly stream: string;
  /** State for listeners, updated once a second. */
  readonly state: string;
  /** The calendar entry. */
  readonly event: string;
}

/** A room's addresses below `base`, an origin without a trailing slash. */
export function linksOf(base: string, slug: string): Links {
  const url = `${base}/r/${slug}`;
  return {
    url,
    whip: `${url}/whip`,
    whep: `${url}/whep`,
    stream: `${url}/stream`,
    state: `${url}/state.json`,
    event: `${url}/event.ics`,
  };
}

/** The studio page for one person; the token stays in the fragment, so that no server log sees it. */
export const studioLink = (base: string, slug: string, token: string): string =>
  `${base}/r/${slug}/studio#token=${token}`;

/** A room as the API shows it to anyone. */
export interface RoomView extends Links {
  readonly slug: string;
  readonly title: string;
  readonly hosts: readonly string[];
  readonly status: RoomCard['status'];
  readonly clocks: RoomCard['clocks'];
  readonly welcome: boolean;
  readonly cap?: number;
  /** How people come on stage, where a host has changed it. */
  readonly rules?: StageRules;
  /** What it is about, where its hosts say so. */
  readonly about?: string;
  /** Who may come. */
  readonly access: RoomAccess;
  /** In which it was announced, by its IANA name; absent: UTC. */
  readonly zone?: string;
  /** What its hosts say beside that. */
  readonly plans?: RoomPlans;
  /** Present while the operator has stopped it. */
  readonly stopped?: StoppedRoom;
  /** Present while it is kept apart. */
  readonly quarantine?: Quarantine;
  /** Present while it runs without its host. */
  readonly hostGone?: HostGone;
  /** What is recorded of it; absent when nothing was. */
  readonly recording?: RecordingNote;
}

/** The public view of a card. */
export function viewOf(base: string, card: RoomCard, recording?: RecordingNote): RoomView {
  const { slug, title, hosts, status, clocks } = card;
  return {
    ...{ slug, title, hosts, status, clocks, welcome: card.welcome ?? false },
    access: card.access ?? 'public',
    ...(card.about ? { about: card.about } : {}),
    ...(card.zone ? { zone: card.zone } : {}),
    ...(card.plans ? { plans: card.plans } : {}),
    ...(card.cap === undefined ? {} : { cap: card.cap }),
    ...(card.rules ? { rules: card.rules } : {}),
    ...(card.stopped ? { stopped: card.stopped } : {}),
    ...(card.quarantine ? { quarantine: card.quarantine } : {}),
    ...(card.hostGone ? { hostGone: card.hostGone } : {}),
    ...(recording ? { recording } : {}),
    ...linksOf(base, slug),
  };
}
