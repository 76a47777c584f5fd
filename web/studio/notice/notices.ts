import { type ReadonlySignal, signal } from '@preact/signals';

/** A short message to this person, also read by screen readers. */
export interface StudioNotice {
  readonly id: number;
  readonly text: string;
  /** What it is about: a newer message on the same topic replaces it. */
  readonly topic?: string;
  /** Stays until answered. */
  readonly answer?: { readonly label: string; run(): void };
}

/** The messages on the page: at most `MAX_NOTICES`, the oldest are dropped. */
export interface Notices {
  readonly list: ReadonlySignal<readonly StudioNotice[]>;
  say(text: string, more?: Pick<StudioNotice, 'topic' | 'answer'>): void;
  drop(id: number): void;
  /** Removes the messages on a topic that has been settled. */
  settle(topic: string): void;
  /** Removes all messages. */
  clear(): void;
}

/** Most messages shown at once. */
export const MAX_NOTICES = 3;
/** How long a message without an answer stays, in milliseconds. */
export const NOTICE_TIME = 8_000;

/** Opens an empty list of messages. */
export function openNotices(): Notices {
  const list = signal<readonly StudioNotice[]>([]);
  let next = 1;
  const drop = (id: number) => {
    list.value = list.value.filter((notice) => notice.id !== id);
  };
  return {
    list,
    drop,
    clear: () => {
      list.value = [];
    },
    settle(topic) {
      list.value = list.value.filter((notice) => notice.topic !== topic);
    },
    say(text, more = {}) {
      const id = next++;
      const others = list.value.filter(
        (notice) => notice.text !== text && (more.topic === undefined || notice.topic !== more.topic),
      );
      list.value = [...others, { id, text, ...more }].slice(-MAX_NOTICES);
      if (!more.answer) setTimeout(() => drop(id), NOTICE_TIME);
    },
  };
}
