/** What every kind of listener of a chaos run says of itself, and how it comes back after it lost its connection. */
import { chance } from '../../chance.ts';

/** Milliseconds of a clock that all processes of a run share, and that nobody sets. */
export const instant = (): number => performance.timeOrigin + performance.now();

export type ListenerKind = 'stream' | 'hls' | 'radio';

/** Who listens, where, and from which loopback address. */
export interface ListenerOrder {
  readonly name: string;
  readonly kind: ListenerKind;
  readonly codec: 'opus' | 'aac';
  readonly url: string;
  readonly slug: string;
  readonly address: string;
  /** It decodes what it hears, and tells for how long that is quiet. */
  readonly decodes?: boolean;
}

/** A part of the program that never came. Milliseconds of sound, missed at `at`. */
export interface Hole {
  readonly at: number;
  readonly lasted: number;
}

/** What a listener says of itself four times a second. */
export interface ListenerStatus {
  readonly name: string;
  readonly kind: ListenerKind;
  readonly slug: string;
  readonly begun: boolean;
  /** Milliseconds of silence so far; negative: so much is left to play. */
  readonly silent: number;
  /** Milliseconds for which the decoded sound has been quiet; 0 where it is not decoded. */
  readonly quiet: number;
  /** Holes since the last time. */
  readonly holes: readonly Hole[];
  readonly fragments: number;
  readonly connections: number;
  /** Its own end of the connection. */
  readonly address: string;
  readonly port: number | undefined;
  readonly session: string | undefined;
  /** Seconds of different sound that it received. */
  readonly heard: number;
}

/** A newcomer: how long it took until the first sound, or that none came in time. */
export interface Newcomer {
  readonly at: number;
  readonly took: number;
  readonly heard: boolean;
}

/** What the process of the listeners tells. */
export interface ListenersNotice {
  readonly at: number;
  readonly listeners: readonly ListenerStatus[];
  readonly newcomers: readonly Newcomer[];
}

/** A listener that runs until it is disposed of. */
export interface ChaosListener extends Disposable {
  status(at: number): ListenerStatus;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8_000;

/** The pauses of the page's own player: none to speak of at first, then 0.5, 1, 2 … 8 s. */
export class Retries {
  #failures = 0;
  readonly #random: () => number;

  constructor(name: string) {
    this.#random = chance([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
  }

  well(): void {
    this.#failures = 0;
  }

  next(): number {
    this.#failures += 1;
    if (this.#failures === 1) return 50 + this.#random() * 250;
    return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 2)) * (0.75 + this.#random() / 2);
  }
}
