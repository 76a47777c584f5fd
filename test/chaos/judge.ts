/** Holds what listeners, processes and newcomers do against the budgets, second by second. */
import {
  allowedSilence,
  BACK_MS,
  type Injected,
  MEMORY_MB,
  NEWCOMER_MS,
  SILENCE_MS,
  type Suffering,
  touches,
  VOICE_BACK_MS,
  waitsForEnd,
} from './budgets.ts';
import type { ListenersNotice } from './listeners/listener.ts';
import type { Target } from './schedule.ts';
import type { Starvation } from './starvation.ts';

/** An invariant that did not hold. */
export interface Broken {
  readonly invariant: 'silence' | 'back' | 'newcomers' | 'memory' | 'archive' | 'counts' | 'log' | 'voice';
  /** Milliseconds of the runner's clock. */
  readonly at: number;
  readonly says: string;
  /** The fault that was there last. */
  readonly fault?: number | undefined;
}

/** The worst that was seen of each kind, in judged time. Milliseconds; memory in megabytes. */
export interface Worst {
  silence: number;
  back: number;
  newcomer: number;
  voice: number;
  memory: Partial<Record<Target, number>>;
}

/** A process that is not there, since when. */
export interface Absence {
  readonly process: string;
  readonly since: number;
}

/** Decides. It is asked about instants for which the machine's own seconds are known. */
export class Judge {
  readonly worst: Worst = { silence: 0, back: 0, newcomer: 0, voice: 0, memory: {} };
  /** What would have been red, and was not judged because the machine was starved. */
  readonly unjudged: string[] = [];
  readonly #starvation: Starvation;
  readonly #injected: readonly Injected[];
  readonly #broken: Broken[] = [];

  constructor(starvation: Starvation, injected: readonly Injected[]) {
    this.#starvation = starvation;
    this.#injected = injected;
  }

  get broken(): readonly Broken[] {
    return this.#broken;
  }

  /** What listeners told of one instant. */
  listeners({ at, listeners, newcomers }: ListenersNotice): void {
    for (const { name: listener, kind, begun, silent, quiet, holes } of listeners) {
      if (!begun) continue;
      const who = { listener, kind, isHole: false, to: at };
      if (silent > 0) this.#silence('hears nothing', { ...who, from: at - silent });
      if (quiet > SILENCE_MS) this.#silence('hears sound that is silent', { ...who, from: at - quiet });
      for (const hole of holes) {
        const missed = { ...who, isHole: true, from: hole.at - hole.lasted, to: hole.at };
        this.#silence('misses a part of the program', missed);
      }
    }
    for (const { at: came, took, heard } of newcomers) {
      const spent = this.#judged(came, came + took);
      this.worst.newcomer = Math.max(this.worst.newcomer, spent);
      if (heard && spent <= NEWCOMER_MS) continue;
      this.#say(
        heard || spent > NEWCOMER_MS,
        'newcomers',
        came + took,
        heard
          ? `somebody new waited ${seconds(took)} for the first sound, ${seconds(spent)} of them judged; allowed are ${seconds(NEWCOMER_MS)}`
          : `somebody new heard nothing for ${seconds(took)}, ${seconds(spent)} of them judged`,
      );
    }
  }

  /** The processes that are away at `at`. */
  absences(away: readonly Absence[], at: number): void {
    for (const { process, since } of away) {
      // It may wait for what the fault itself keeps from it: then its time begins with the fault's end.
      const waiting = this.#injected.filter((one) => waitsForEnd(one) && touches(one, since, at));
      const begins = Math.max(since, ...waiting.map((one) => one.to ?? at));
      const spent = this.#judged(begins, at);
      this.worst.back = Math.max(this.worst.back, spent);
      if (at - begins > BACK_MS)
        this.#say(
          spent > BACK_MS,
          'back',
          at,
          `${process} is away for ${seconds(at - begins)}, ${seconds(spent)} of them judged; allowed are ${seconds(BACK_MS)}`,
        );
    }
  }

  /** Rooms whose program is not what their speakers say, at `at`. */
  voices(voiceless: readonly Absence[], at: number): void {
    for (const { process: room, since } of voiceless) {
      // Speakers come back when the last fault is over, with growing pauses.
      const last = this.#injected.filter((one) => touches(one, since, at)).map(({ to }) => to ?? at);
      const begins = Math.max(since, ...last);
      const spent = this.#judged(begins, at);
      this.worst.voice = Math.max(this.worst.voice, spent);
      if (at - begins > VOICE_BACK_MS)
        this.#say(
          spent > VOICE_BACK_MS,
          'voice',
          at,
          `the speakers of ${room} are not heard for ${seconds(at - begins)}, ${seconds(spent)} of them judged; allowed are ${seconds(VOICE_BACK_MS)}`,
        );
    }
  }

  /** Memory of one process, in megabytes. */
  memory(role: Target, process: string, megabytes: number, at: number): void {
    this.worst.memory[role] = Math.max(this.worst.memory[role] ?? 0, megabytes);
    if (megabytes > MEMORY_MB[role])
      this.#say(
        true,
        'memory',
        at,
        `${process} has ${megabytes.toFixed(0)} MB, allowed are ${MEMORY_MB[role]} MB`,
      );
  }

  /** Anything that is found at the end. */
  found(invariant: Broken['invariant'], at: number, says: string): void {
    this.#say(true, invariant, at, says);
  }

  #silence(what: string, suffering: Suffering): void {
    const { listener, kind, from, to } = suffering;
    const judged = this.#judged(from, to);
    this.worst.silence = Math.max(this.worst.silence, judged);
    const allowed = allowedSilence(this.#injected, suffering);
    if (to - from > allowed)
      this.#say(
        judged > allowed,
        'silence',
        to,
        `${listener} (${kind}) ${what} for ${seconds(to - from)}, ${seconds(judged)} of them judged; allowed are ${seconds(allowed)}`,
      );
  }

  /** The judged part; nothing of what was starved for more than half of its time. */
  #judged(from: number, to: number): number {
    const starved = this.#starvation.within(from, to);
    return 2 * starved > to - from ? 0 : to - from - starved;
  }

  #say(isJudged: boolean, invariant: Broken['invariant'], at: number, says: string): void {
    if (!isJudged) {
      if (this.unjudged.length < 100) this.unjudged.push(says);
      return;
    }
    const fault = this.#injected.findLast(({ from }) => from <= at)?.number;
    this.#broken.push({ invariant, at, says, ...(fault === undefined ? {} : { fault }) });
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
