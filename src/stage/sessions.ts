import type { SpeakerId } from '../base/ids.ts';
import type { Ms } from '../base/time.ts';
import type { BackstageEar } from '../wire/stage/backstage.ts';
import type { SignallingSession, WhepSession, WhipSession } from './session.ts';

/** The sessions of one room, oldest first. */
export class Sessions {
  readonly #all = new Map<string, SignallingSession>();

  add(session: SignallingSession): void {
    this.#all.set(session.id, session);
  }

  /** Removes a session. True when it was there. */
  delete(session: SignallingSession): boolean {
    return this.#all.delete(session.id);
  }

  get(id: string): SignallingSession | undefined {
    return this.#all.get(id);
  }

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): IterableIterator<SignallingSession> {
    return this.#all.values();
  }

  /** Whether this person has any session. */
  has(who: SpeakerId): boolean {
    for (const session of this.#all.values()) if (session.who === who) return true;
    return false;
  }

  /** This person's microphone. */
  microphone(who: SpeakerId): WhipSession | undefined {
    for (const session of this.#all.values())
      if (session.kind === 'whip' && session.who === who) return session;
    return undefined;
  }

  /** Everyone's WHEP sessions, or those of one person. */
  ears(who?: SpeakerId): WhepSession[] {
    const ears: WhepSession[] = [];
    for (const session of this.#all.values())
      if (session.kind === 'whep' && (who === undefined || session.who === who)) ears.push(session);
    return ears;
  }

  /** Everyone's WHEP sessions, without a list of them: for each packet. */
  *eachEar(): Generator<WhepSession> {
    for (const session of this.#all.values()) if (session.kind === 'whep') yield session;
  }

  /** This person's sessions that never connected. */
  unconnected(kind: SignallingSession['kind'], who: SpeakerId): SignallingSession[] {
    return [...this.#all.values()].filter((it) => it.kind === kind && it.who === who && !it.connected);
  }

  /** This person's sessions for which no link of this generation or a newer one was presented. */
  older(who: SpeakerId, generation: number): SignallingSession[] {
    return [...this.#all.values()].filter((it) => it.who === who && it.generation < generation);
  }

  /** The worst loss on the way to anyone who hears this voice, 0 to 1. */
  loss(who: SpeakerId, now: Ms): number {
    let worst = 0;
    for (const session of this.#all.values())
      if (session.kind === 'whep') worst = Math.max(worst, session.end.loss(who, now));
    return worst;
  }

  /** The people who hear the stage without being on it, each once. */
  offStage(onStage: (id: SpeakerId) => boolean): BackstageEar[] {
    const ears = new Map<SpeakerId, BackstageEar>();
    for (const { connected, who, grant } of this.ears())
      if (connected && !onStage(who))
        ears.set(who, { id: who, name: grant.name || 'Speaker', role: grant.role });
    return [...ears.values()];
  }
}
