import type { SpeakerId } from '../base/ids.ts';
import type { Packet } from '../base/media.ts';
import type { Grant } from '../keys/token.ts';
import type { Revoked } from '../wire/room.ts';
import type { BackstageLine, BackstagePerson } from '../wire/stage/backstage.ts';
import type { RoomHands } from './hands/room-hands.ts';
import type { PublisherCounts } from './incoming.ts';
import type { StageRefusal } from './refusal.ts';

/**
 * Callbacks of the stage to the rest of the studio about one room. They are called synchronously and must not throw.
 */
export interface StageHooks {
  /** One Opus packet of a speaker who is not muted, in order of arrival; repaired packets come late. */
  packet(packet: Packet): void;
  /** A microphone is connected. */
  joined(id: SpeakerId, person: { readonly name: string; readonly role: Grant['role'] }): void;
  /** A speaker has left, or has been disconnected for 3 s. */
  left(id: SpeakerId): void;
  /** The speaker's own switch or a host's has changed. */
  muted(id: SpeakerId, muted: boolean): void;
  /** A host removed a person, whose link is no longer valid, here or elsewhere. */
  removed(id: SpeakerId): void;
  /** A host banned somebody or took a ban back: see `raised`. Default: nobody is told. */
  banned?(): void;
  /** The roster changed: names, roles, connections, mute, who is speaking. At most ten times a second. */
  changed(): void;
}

/** One room on this cell's stage. Disposing ends every session in it. */
export interface StageRoom extends AsyncDisposable {
  /** True while anybody has a place, hears the stage, or reads the backstage stream. */
  readonly attended: boolean;
  /** True while a host is surely here: on stage, hearing it, or at the desk. */
  readonly hosted: boolean;
  /** Tells one person backstage something. */
  ask(who: SpeakerId, line: Extract<BackstageLine, { kind: 'asked' }>): void;
  /** Everyone with a place, in the order they came. */
  people(): BackstagePerson[];
  /** Counters of a speaker's current connection, for metrics and tests. */
  link(id: SpeakerId): Readonly<PublisherCounts> | undefined;
  /** Applies the site's list of revoked links, and ends what their holders have here. */
  revoke(revoked: Revoked | undefined): void;
  /** People removed here whose removal the site does not know yet. */
  readonly unconfirmed: readonly SpeakerId[];
  /** Raised hands, bans and rules; `forget` removes what people wrote, once the room is over. */
  readonly raised: Pick<RoomHands, 'unconfirmed' | 'ruled' | 'told' | 'forget' | 'bans'>;
  /** Why a link opens nothing here now; undefined while it does. */
  refusal(grant: Grant): StageRefusal | undefined;
  /** True for a host or co-host, whether by their link or because a host made them one. */
  isHost(who: SpeakerId, role: Grant['role']): boolean;
  /** Tells everyone backstage what the mixer noticed about a speaker's sound; undefined when it is fine. */
  notice(id: SpeakerId, notice: BackstagePerson['notice']): void;
  /** Sets the program line that backstage readers are shown. */
  show(line: Extract<BackstageLine, { kind: 'program' }>): void;
  /** The mixed feed's peak in dBFS, −127 for silence; written by the mixer's owner, read ten times a second. */
  programLevel: number;
}
