import type { SpeakerId } from '../base/ids.ts';
import type { Ms } from '../base/time.ts';
import type { Grant } from '../keys/token.ts';
import type { StageCell } from './opening.ts';
import type { StagePlace } from './place.ts';
import type { Readers } from './readers.ts';
import type { StageRefusal } from './refusal.ts';
import type { WhipSession } from './session.ts';
import type { Sessions } from './sessions.ts';

/** Limit of hosts and co-hosts with a microphone in one room. */
export const MAX_HOSTS = 8;
/** Limit of listeners to the stage in addition to the limit of speakers. */
const SPARE_EARS = 8;
/** A microphone that sent nothing for this long is assumed dead: its owner's next offer replaces it. */
const GHOST_MS = 2_000;

/** Why a person cannot have a microphone now; `before` is the session that they already have. */
export function occupied(
  places: ReadonlyMap<SpeakerId, StagePlace>,
  before: WhipSession | undefined,
  grant: Grant,
  cell: Pick<StageCell, 'maxSpeakers' | 'speakers' | 'maxSpeakersOfAll'>,
  now: Ms,
): StageRefusal | undefined {
  if (before && !before.yielding && !isGhost(before, now))
    return {
      refused: 'already-on-stage',
      detail:
        'Repeat with ?takeover=1 to continue here instead, or wait until the other one has been silent for 2 s',
      retryAfter: 3,
    };
  const own = places.get(grant.speaker);
  const host = (own?.role ?? grant.role) !== 'speaker';
  const most = host ? MAX_HOSTS : cell.maxSpeakers;
  if (own?.present) return undefined;
  if (taken(places, grant.speaker, host) < most) return host ? undefined : crowded(cell);
  const detail = host
    ? `At most ${most} hosts are on stage at once`
    : `At most ${most} people are on stage at once, beside the hosts`;
  return { refused: 'stage-full', detail, retryAfter: 10 };
}

/** Why no further speaker can have a microphone in this cell; hosts always can. */
function crowded({ speakers, maxSpeakersOfAll }: Pick<StageCell, 'speakers' | 'maxSpeakersOfAll'>) {
  if (speakers() < maxSpeakersOfAll) return undefined;
  const detail = `At most ${maxSpeakersOfAll} people are on stage at once in all rooms of one studio process (speakersPerCell)`;
  return { refused: 'stage-full', detail, retryAfter: 10 } as const;
}

/** Places of other hosts or other speakers: on stage, connecting, or waiting for their answer. */
export function taken(
  places: ReadonlyMap<SpeakerId, StagePlace>,
  but: SpeakerId | undefined,
  hosts: boolean,
): number {
  let count = 0;
  for (const { id, role, publisher, present, appeared } of places.values())
    if (id !== but && (role !== 'speaker') === hosts && (publisher || present || !appeared)) count += 1;
  return count;
}

/** Why this person cannot hear the stage now. */
export function earsFull(
  sessions: Sessions,
  { maxSpeakers }: Pick<StageCell, 'maxSpeakers'>,
  who: SpeakerId,
): StageRefusal | undefined {
  const most = 2 * (MAX_HOSTS + maxSpeakers + SPARE_EARS);
  if (sessions.ears().length < most || sessions.ears(who).length > 0) return undefined;
  return { refused: 'stage-full', detail: `At most ${most} connections hear this stage`, retryAfter: 10 };
}

/**
 * True while a host is surely here: with a connected microphone, hearing the stage, or with the desk open. Where a
 * microphone broke, what else that person has open proves nothing: the same network may have gone.
 */
export function hasHost(
  places: ReadonlyMap<SpeakerId, StagePlace>,
  sessions: Sessions,
  readers: Readers,
): boolean {
  for (const { role, connected } of places.values()) if (role === 'host' && connected) return true;
  const broken = (who: SpeakerId): boolean => places.get(who)?.appeared === true;
  for (const { connected, grant, who } of sessions.ears())
    if (connected && grant.role === 'host' && !broken(who)) return true;
  return readers.hasHost();
}

const isGhost = (session: WhipSession, now: Ms): boolean =>
  now - (session.connected ? session.end.heardAt : session.opened) > GHOST_MS;
