import type { SpeakerId } from '../base/ids.ts';
import type { Grant } from '../keys/token.ts';
import type { BackstageAction, BackstageLine, HandAction } from '../wire/stage/backstage.ts';
import { type StagePlace, silenced } from './place.ts';
import type { StageRefusal } from './refusal.ts';

/** What a backstage action needs of the room. */
export interface Moderated {
  place(id: string): StagePlace | undefined;
  /** A person who listens backstage without a place on stage. */
  ear(id: string): { readonly id: SpeakerId; readonly role: Grant['role'] } | undefined;
  /** Tells one person what a host asks of them. */
  ask(who: SpeakerId, line: Extract<BackstageLine, { kind: 'asked' }>): void;
  /** A switch changed: this place is heard, or not heard, from now on. */
  muted(place: StagePlace): void;
  /** Ends everything that this person has here and bars them from coming back. */
  bar(who: SpeakerId): void;
  /** The same, and keeps out their device as well, with a reason, until a host takes it back. */
  ban(who: SpeakerId, by: string, reason: string | undefined): StageRefusal | undefined;
  /** Ends their microphone; they go on listening. */
  listen(who: SpeakerId): void;
  /** Somebody who was moved to the listeners may come back. */
  speak(who: SpeakerId): void;
  onAir(place: StagePlace, on: boolean): void;
  /** Somebody has just become a co-host. */
  host(who: SpeakerId): void;
}

/** Carries out a backstage action; undefined when done. */
export function moderate(
  room: Moderated,
  grant: Grant,
  action: Exclude<BackstageAction, HandAction>,
): StageRefusal | undefined {
  const own = room.place(grant.speaker);
  if (action.do === 'muted' || action.do === 'rename' || action.do === 'ask-to-speak') {
    if (!own) return { refused: 'session-unknown', detail: 'Join the stage first' };
    if (action.do === 'muted') return muteOneself(room, own, action.muted);
    if (action.do === 'rename') own.name = action.name;
    else own.asks = own.forced;
    return undefined;
  }
  const role = own?.role ?? grant.role;
  if (role === 'speaker') return { refused: 'not-host' };
  const who = room.place(action.who);
  if (!who && (action.do === 'remove' || action.do === 'ban' || action.do === 'back-on-stage'))
    return actOnEar(room, role, action, own?.name ?? grant.name);
  if (!who) return { refused: 'unprocessable', detail: 'Nobody with this id is on stage' };
  if (who.role === 'host' && role !== 'host' && action.do !== 'ask-unmute')
    return { refused: 'not-host', detail: 'A co-host cannot do this to the host' };
  const by = own?.name ?? grant.name;
  if (action.do === 'mute') {
    turn(room, who, () => {
      who.forced = true;
      who.muted = true;
      who.asks = false;
    });
    room.ask(who.id, { kind: 'asked', what: 'mute', by });
  } else if (action.do === 'ask-unmute') {
    // The speaker decides: a host can allow a microphone but never open it.
    turn(room, who, () => {
      who.forced = false;
      who.asks = false;
    });
    room.ask(who.id, { kind: 'asked', what: 'unmute', by });
  } else if (action.do === 'make-host') {
    if (who.role === 'speaker') who.role = 'co-host';
    who.asks = false;
    if (who.checking) room.onAir(who, true);
    room.ask(who.id, { kind: 'asked', what: 'host', by });
    room.host(who.id);
  } else if (action.do === 'on-air' || action.do === 'backstage') {
    room.onAir(who, action.do === 'on-air');
    room.ask(who.id, { kind: 'asked', what: action.do, by });
  } else if (action.do === 'to-listener') {
    room.ask(who.id, { kind: 'asked', what: 'listen', by });
    room.listen(who.id);
  } else if (action.do === 'ban') return room.ban(who.id, by, action.reason);
  else if (action.do === 'back-on-stage') return { refused: 'unprocessable', detail: 'They are on stage' };
  else {
    room.ask(who.id, { kind: 'asked', what: 'leave', by });
    room.bar(who.id);
  }
  return undefined;
}

/** What a host does to somebody who hears the stage without being on it. */
function actOnEar(
  room: Moderated,
  role: Grant['role'],
  action: Extract<BackstageAction, { who: string }>,
  by: string,
): StageRefusal | undefined {
  const ear = room.ear(action.who);
  if (!ear) return { refused: 'unprocessable', detail: 'Nobody with this id is on stage' };
  if (ear.role === 'host' && role !== 'host')
    return { refused: 'not-host', detail: 'A co-host cannot do this to the host' };
  if (action.do === 'ban') return room.ban(ear.id, by, action.reason);
  if (action.do === 'back-on-stage') {
    room.speak(ear.id);
    room.ask(ear.id, { kind: 'asked', what: 'speak', by });
    return undefined;
  }
  room.ask(ear.id, { kind: 'asked', what: 'leave', by });
  room.bar(ear.id);
  return undefined;
}

function muteOneself(room: Moderated, place: StagePlace, muted: boolean): StageRefusal | undefined {
  if (!muted && place.forced && place.role === 'speaker')
    return { refused: 'not-host', detail: 'A host muted you; you can speak again when they ask you to' };
  turn(room, place, () => {
    place.muted = muted;
    if (muted) return;
    place.forced = false;
    place.asks = false;
  });
  return undefined;
}

function turn(room: Moderated, place: StagePlace, run: () => void): void {
  const before = silenced(place);
  run();
  if (silenced(place)) place.speaking.silence();
  if (silenced(place) !== before) room.muted(place);
}
