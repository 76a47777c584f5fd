import type { RoomFeedHooks } from '../feed/room-feed.ts';
import type { Notices } from '../notice/notices.ts';
import type { StudioWords } from '../words/words.ts';

/** What the events of a room need. */
export interface RoomEventsDeps {
  readonly notices: Notices;
  words(): StudioWords;
  /** This person's id. */
  me(): string;
  isHost(): boolean;
  /** Turns this person's microphone off, or on. */
  mute(on: boolean): void;
  /** Lets somebody speak whom a host had muted. */
  letSpeak(id: string): void;
  /** A host took this person off the stage. */
  removed(by: string): void;
  /** A hand went up: an audible hint. */
  hint(): void;
  /** Ends the microphone and goes on listening. */
  listen(): void;
  /** Comes back on stage. */
  come(): void;
}

/** Turns news about people into short messages, and does what a host asks of this person. */
export function roomEvents({ notices, words, me, ...deps }: RoomEventsDeps): RoomFeedHooks {
  return {
    joined: (person) => person.id !== me() && notices.say(words().joined(person.name)),
    left(person) {
      notices.settle(`asks ${person.id}`);
      if (person.id !== me()) notices.say(words().left(person.name));
    },
    asks(person) {
      const topic = `asks ${person.id}`;
      if (!person.asks) notices.settle(topic);
      else if (deps.isHost())
        notices.say(words().asksToSpeak(person.name), {
          topic,
          answer: { label: words().letSpeak, run: () => deps.letSpeak(person.id) },
        });
    },
    raised({ name }) {
      deps.hint();
      notices.say(words().hands.raised(name), { topic: 'hand' });
    },
    asked({ what, by }) {
      if (what === 'mute') {
        deps.mute(true);
        notices.say(words().askedMute(by), { topic: 'microphone' });
      } else if (what === 'unmute')
        notices.say(words().askedUnmute(by), {
          topic: 'microphone',
          answer: { label: words().unmute, run: () => deps.mute(false) },
        });
      else if (what === 'host') notices.say(words().askedHost(by));
      else if (what === 'stand-in') notices.say(words().standIn, { topic: 'host' });
      else if (what === 'host-back') notices.say(words().hostBack, { topic: 'host' });
      else if (what === 'on-air') notices.say(words().hands.askedAir(by), { topic: 'air' });
      else if (what === 'backstage') notices.say(words().hands.askedBackstage(by), { topic: 'air' });
      else if (what === 'listen') {
        deps.listen();
        notices.say(words().hands.askedListen(by), { topic: 'air' });
      } else if (what === 'speak')
        notices.say(words().hands.askedSpeak(by), {
          topic: 'air',
          answer: { label: words().hands.come, run: () => deps.come() },
        });
      else deps.removed(by);
    },
  };
}
