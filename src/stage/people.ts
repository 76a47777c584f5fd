import type { Clock } from '../base/clock.ts';
import type { SpeakerId } from '../base/ids.ts';
import type { Ms } from '../base/time.ts';
import type { Grant } from '../keys/token.ts';
import type { BackstageEar, BackstageLine, BackstagePerson } from '../wire/stage/backstage.ts';
import type { RoomHands } from './hands/room-hands.ts';
import { asPerson, KEEP_MS, openPlace, RETURN_MS, type StagePlace, silenced, takeLevel } from './place.ts';
import type { StageRefusal } from './refusal.ts';
import type { SignallingSession } from './session.ts';
import type { Sessions } from './sessions.ts';
import type { StageHooks } from './stage-room.ts';

/** Who was moved to the listeners hears the stage for this long: the program says the same later. */
const LEAVING_MS = 2_000;

/** Why somebody whom a host moved to the listeners cannot open a microphone. */
const MOVED: StageRefusal = {
  refused: 'moved-to-listeners',
  detail: 'A host can bring you back on stage.',
};

/** What the people of a stage need of the room that they are in. */
export interface PeopleRoom {
  /** Something that everybody backstage is shown has changed. */
  changed(): void;
  /** Ends one session. */
  drop(session: SignallingSession): void;
  /** Ends everything that a person has here. */
  end(who: SpeakerId): void;
}

/** The people of one room's stage: who has a place, from when on they are heard, and who was moved to the listeners. */
export class StagePeople {
  readonly places = new Map<SpeakerId, StagePlace>();
  readonly #hooks: StageHooks;
  readonly #clock: Clock;
  readonly #sessions: Sessions;
  readonly #raised: RoomHands;
  readonly #room: PeopleRoom;
  /** People with a link whom a host moved to the listeners. */
  readonly #moved = new Set<SpeakerId>();
  readonly #leaving = new Map<SpeakerId, Ms>();

  constructor(hooks: StageHooks, clock: Clock, sessions: Sessions, raised: RoomHands, room: PeopleRoom) {
    this.#hooks = hooks;
    this.#clock = clock;
    this.#sessions = sessions;
    this.#raised = raised;
    this.#room = room;
  }

  get(id: string): StagePlace | undefined {
    return this.places.get(id as SpeakerId);
  }

  /** The place that a person has, or a new one. */
  open(grant: Grant): StagePlace {
    const before = this.places.get(grant.speaker);
    if (before) return before;
    const hand = this.#raised.queue.of(grant.speaker);
    const check = grant.role === 'speaker' && (hand?.check ?? this.#raised.rules.check ?? false);
    const place = openPlace(grant, this.#clock.wall(), this.#clock.now(), check);
    this.places.set(place.id, place);
    return place;
  }

  /** Why a person who was moved to the listeners cannot speak; undefined for everybody else. */
  moved(who: SpeakerId): StageRefusal | undefined {
    return this.#moved.has(who) ? MOVED : undefined;
  }

  /** Somebody who was moved to the listeners may come back. */
  bringBack(who: SpeakerId): void {
    this.#moved.delete(who);
  }

  /** Everyone with a place who has been connected, in the order they came. */
  all(): BackstagePerson[] {
    const now = this.#clock.now();
    return [...this.places.values()].filter((it) => it.appeared).map((it) => asPerson(it, now));
  }

  /** The people who hear the stage without being on it. */
  ears(): BackstageEar[] {
    return this.#sessions.offStage((id) => this.places.get(id)?.appeared === true);
  }

  /** Somebody who hears the stage without being on it, by their id. */
  ear(id: string): BackstageEar | undefined {
    return this.ears().find((it) => it.id === id);
  }

  /** The line with everybody on stage and everybody who hears it. */
  roster(): BackstageLine {
    return { kind: 'roster', people: this.all(), ears: this.ears() };
  }

  /** The loudest levels since the last call, by person, and the ids of those who speak. */
  levels(now: Ms): { readonly people: Record<string, number>; readonly speaking: string } {
    const people: Record<string, number> = {};
    let speaking = '';
    for (const place of this.places.values()) {
      if (!place.connected) continue;
      people[place.id] = takeLevel(place);
      if (!silenced(place) && place.speaking.now(now)) speaking += `${place.id} `;
    }
    return { people, speaking };
  }

  /** A microphone is connected: the program hears this person, unless they are being checked. */
  connected(who: SpeakerId): void {
    const place = this.places.get(who);
    if (!place) return;
    place.connected = true;
    place.appeared = true;
    this.#room.changed();
    if (place.present) return;
    place.present = true;
    this.#raised.arrived(who);
    if (!place.checking) this.#heard(place);
  }

  /** The program hears this person from now on. */
  #heard(place: StagePlace): void {
    this.#hooks.joined(place.id, { name: place.name, role: place.role });
    if (silenced(place)) this.#hooks.muted(place.id, true);
  }

  /** Puts somebody on air, or off it: then only the hosts hear them. */
  putOnAir(place: StagePlace, on: boolean): void {
    if (place.checking !== on) return;
    place.checking = !on;
    this.#release(place.id);
    if (on && place.present) this.#heard(place);
    else if (place.present) this.#hooks.left(place.id);
  }

  /** Moves somebody to the listeners: their microphone ends, and a host can bring them back. */
  toListener(who: SpeakerId): void {
    const byHand = this.#raised.toListener(who);
    if (!byHand) this.#moved.add(who);
    this.forget(who);
    if (byHand) this.#leaving.set(who, this.#clock.now());
  }

  /** Takes away a person's place, and their microphone with it. */
  forget(who: SpeakerId): void {
    const place = this.places.get(who);
    if (!place) return;
    const session = this.#sessions.microphone(who);
    if (session) this.#room.drop(session);
    this.places.delete(who);
    this.#release(who);
    if (place.present && !place.checking) this.#hooks.left(who);
    this.#raised.departed(who);
    this.#room.changed();
  }

  /** Nobody hears this person's voice until its next packet. */
  #release(who: SpeakerId): void {
    for (const other of this.#sessions) if (other.kind === 'whep') other.end.release(who);
  }

  /** A microphone's connection has ended: the place stays, and the timers of its absence start. False for any other. */
  disconnected({ who, end }: SignallingSession): boolean {
    const place = this.places.get(who);
    if (!place || place.publisher !== end) return false;
    place.publisher = undefined;
    place.connected = false;
    place.since = this.#clock.now();
    place.speaking.silence();
    return true;
  }

  /** Detects who is gone. */
  tick(now: Ms): void {
    for (const place of [...this.places.values()]) {
      if (place.publisher) continue;
      const away = now - place.since;
      if (place.present && away >= RETURN_MS) {
        place.present = false;
        if (!place.checking) this.#hooks.left(place.id);
        this.#room.changed();
      }
      if (away >= KEEP_MS) this.forget(place.id);
    }
    for (const [who, since] of this.#leaving) {
      if (now - since < LEAVING_MS || !this.#leaving.delete(who)) break;
      if (this.#raised.queue.of(who)?.standing === 'listening') this.#room.end(who);
    }
  }
}
