import type { Fragment, Rendition } from '../../base/media.ts';
import type { EpochMs } from '../../base/time.ts';
import type { QueueTold } from '../../queue/index.ts';
import type { StageRoom } from '../../stage/index.ts';
import { EMPTY, type Message, type MessageHead } from '../../wire/feed.ts';
import type { ToldQuestions } from '../../wire/interaction/questions.ts';
import type { Clocks, RoomState } from '../../wire/room.ts';

/** The messages about a room that its cell sends to every door. */
export class RoomMessages {
  readonly #slug: string;

  constructor(slug: string) {
    this.#slug = slug;
  }

  program(zero: EpochMs, renditions: readonly Rendition[]): Message {
    return bare({ kind: 'program', slug: this.#slug, zero, renditions });
  }

  init(rendition: string, body: Uint8Array): Message {
    return { head: { kind: 'init', slug: this.#slug, rendition }, body };
  }

  fragment({ rendition, seq, bytes }: Fragment): Message {
    return { head: { kind: 'fragment', slug: this.#slug, rendition, seq }, body: bytes };
  }

  clocks(clocks: Clocks): Message {
    return bare({ kind: 'clocks', slug: this.#slug, clocks });
  }

  state(state: RoomState): Message {
    return bare({ kind: 'state', slug: this.#slug, state });
  }

  queue(told: QueueTold): Message {
    return bare({ kind: 'queue', slug: this.#slug, ...told });
  }

  questions(list: ToldQuestions): Message {
    return bare({ kind: 'questions', slug: this.#slug, list });
  }

  removed(who: readonly string[]): Message {
    return bare({ kind: 'removed', slug: this.#slug, who });
  }

  bans(bans: StageRoom['raised']['unconfirmed']): Message {
    return bare({ kind: 'bans', slug: this.#slug, ...bans });
  }

  /** No sound follows until the next fragment. */
  rest(): Message {
    return bare({ kind: 'rest', slug: this.#slug });
  }

  /** `last`: the last fragment of the room. */
  end(last: number): Message {
    return bare({ kind: 'end', slug: this.#slug, last });
  }
}

const bare = (head: MessageHead): Message => ({ head, body: EMPTY });
