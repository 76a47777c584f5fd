import type { DeadAirCause } from '../base/media.ts';
import { momentOf } from '../wire/moment.ts';
import type { RoomCard, RoomState } from '../wire/room.ts';

const when = (locale: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
const WHEN = { en: when('en-GB'), fr: when('fr') } as const;

/** An instant in words for a page that does not know its reader's time zone. */
export const instant = (at: number, language: keyof typeof WHEN = 'en'): string =>
  `${WHEN[language].format(at)} UTC`;

const SILENCE: Readonly<Record<DeadAirCause, string>> = {
  'nobody-on-stage': 'nobody is on stage',
  'all-muted': 'everyone is muted',
  'no-packets': 'no sound arrives from the stage',
  encoder: 'our encoder has failed',
  quiet: 'the microphones are open, but quiet',
};

/** What is happening in one sentence: present, plain, no figure that changes by the second. Safe as HTML. */
export function sentence(card: RoomCard, state?: RoomState): string {
  switch (momentOf(card)) {
    case 'scheduled':
      return card.clocks.scheduled === undefined
        ? 'Not open yet.'
        : `Starts ${instant(card.clocks.scheduled)}.`;
    case 'cancelled':
      return 'This conversation was called off.';
    case 'ended':
      return card.clocks.ended === undefined
        ? 'It has ended. Listen again from the beginning.'
        : `Ended ${instant(card.clocks.ended)}. Listen again from the beginning.`;
    case 'break':
      return 'A short break. Music until it goes on.';
    case 'open':
      return 'The doors are open. Music until it begins: you will hear it start.';
    case 'live': {
      if (state?.studio === 'away') return 'The studio is coming back; music meanwhile.';
      const silence = state?.program.deadAir;
      const music = state?.program.carries === 'standby';
      if (silence && music) return `Music for a moment: ${SILENCE[silence.cause]}.`;
      if (silence) return `Silence on stage: ${SILENCE[silence.cause]}. We have told them.`;
      if (music) return 'Music for a moment: the stage is empty.';
      if (state?.delivery.newcomers === 'text')
        return 'More people are here than our lines carry. What happens can be read here; sound may come half a minute late, or not at all.';
      return (state?.delivery.rung ?? 0) > 0
        ? 'Live. Many people are here, so it comes some seconds later.'
        : 'Live, about a second behind.';
    }
  }
}
