import type { SpeakerId } from '../base/ids.ts';
import type { Packet } from '../base/media.ts';
import type { Grant } from '../keys/token.ts';
import type { BackstageLine, BackstagePerson } from '../wire/backstage.ts';
import type { Revoked } from '../wire/room.ts';
import type { Link } from './publisher.ts';

/** What the stage tells the rest of the studio about one room. Called synchronously; must not throw. */
export interface StageHooks {
  /** One Opus packet of a speaker who is not muted, in order of arrival; repaired ones late. */
  packet(packet: Packet): void;
  /** A microphone is connected. */
  joined(id: SpeakerId, person: { readonly name: string; readonly role: Grant['role'] }): void;
  /** A speaker has left, or has been gone for 3 s. */
  left(id: SpeakerId): void;
  /** Their own switch or a host's changed. */
  muted(id: SpeakerId, muted: boolean): void;
  /** A host removed somebody: their link is worth nothing any more, here or elsewhere. */
  removed(id: SpeakerId): void;
  /** The roster changed: names, roles, connections, mute, who is speaking. At most ten times a second. */
  changed(): void;
}

/** One room on this cell's stage. Disposing ends every session in it. */
export interface StageRoom extends AsyncDisposable {
  /** True while anybody has a place, hears the stage, or reads what happens backstage. */
  readonly attended: boolean;
  /** Everyone with a place, in the order they came. */
  people(): BackstagePerson[];
  /** Counters of a speaker's present connection, for metrics and tests. */
  link(id: SpeakerId): Readonly<Link> | undefined;
  /** Takes the site's word on which links are withdrawn, and ends what their holders have here. */
  revoke(revoked: Revoked | undefined): void;
  /** People removed here of whom the site does not know yet. */
  readonly unconfirmed: readonly SpeakerId[];
  /** What the mixer notices about somebody's sound, for everyone backstage to read; undefined when it is well. */
  notice(id: SpeakerId, notice: BackstagePerson['notice']): void;
  /** What backstage readers are shown of the program. */
  show(line: Extract<BackstageLine, { kind: 'program' }>): void;
  /** The mixed feed's peak in dBFS, −127 for silence; written by the mixer's owner, read ten times a second. */
  programLevel: number;
}
