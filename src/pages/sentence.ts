import { escapeHtml } from '../base/plain-text.ts';
import { momentOf } from '../wire/moment.ts';
import { isRunning, type RoomCard, type RoomState } from '../wire/room.ts';
import { timeInZone } from '../wire/zones/said-time.ts';
import { type PlainWords, plainWords } from './plain-words.ts';

/** An instant in words for a page that does not know its reader's time zone: in that of a room, or in UTC. */
export const instant = (at: number, language: 'en' | 'fr' = 'en', zone?: string): string =>
  timeInZone(at, zone, language);

/** The sentence, with what the hosts say themselves: why it is late or cancelled, and that it was moved. */
function withPlans({ status, plans, zone }: RoomCard, said: string, words: PlainWords): string {
  const { late, moved, cancelled, hostErased } = plans ?? {};
  const waiting = status === 'scheduled' || status === 'open';
  const reason = status === 'cancelled' ? cancelled?.reason : waiting ? late?.reason : undefined;
  return [
    said,
    ...(moved && status === 'scheduled' ? [words.moved(instant(moved.from, words.language, zone))] : []),
    ...(reason === undefined ? [] : [words.hostSays(`<bdi>${escapeHtml(reason)}</bdi>`)]),
    ...(hostErased === undefined ? [] : [words.hostErased]),
  ].join(' ');
}

/** The sentence, and that the host is gone. */
function withHost(said: string, card: RoomCard, state: RoomState | undefined, words: PlainWords): string {
  const gone = state ? state.hostGone : card.hostGone;
  if (!gone) return said;
  const name = gone.to && `<bdi>${escapeHtml(gone.to.name)}</bdi>`;
  return `${said} ${words.hostGone(instant(gone.since, words.language), name)}`;
}

/**
 * What is happening, in plain words in the present tense, without figures that change every second. Safe as
 * HTML.
 */
export function sentence(card: RoomCard, state?: RoomState, words: PlainWords = plainWords('en')): string {
  const said = moment(card, state, words);
  return isRunning(card.status) ? withHost(said, card, state, words) : said;
}

function moment(card: RoomCard, state: RoomState | undefined, words: PlainWords): string {
  const { scheduled, ended } = card.clocks;
  switch (momentOf(card)) {
    case 'scheduled':
      return withPlans(
        card,
        scheduled === undefined ? words.notOpen : words.starts(instant(scheduled, words.language, card.zone)),
        words,
      );
    case 'stopped':
      return words.stopped(escapeHtml(card.stopped?.reason ?? ''));
    case 'cancelled':
      return withPlans(card, words.calledOff, words);
    case 'ended':
      return withPlans(
        card,
        words.ended(ended === undefined ? undefined : instant(ended, words.language, card.zone)),
        words,
      );
    case 'break':
      return card.quarantine ? words.quarantine : words.onBreak;
    case 'open':
      return card.quarantine ? words.quarantine : withPlans(card, words.doorsOpen, words);
    case 'live': {
      if (card.quarantine) return words.quarantine;
      if (state?.studio === 'away') return words.studioAway;
      const silence = state?.program.deadAir;
      const music = state?.program.carries === 'standby';
      if (silence) {
        const because = words.silence[silence.cause];
        return music ? words.musicBecause(because) : words.silentBecause(because);
      }
      if (music) return words.musicEmpty;
      if (state?.delivery.newcomers === 'text') return words.textOnly;
      return (state?.delivery.rung ?? 0) > 0 ? words.busy : words.live;
    }
  }
}

/** The rooms before and after this one, with links; empty where it stands alone. Safe as HTML. */
export function successionLine({ plans }: RoomCard, words: PlainWords): string {
  const { continues, continuedBy } = plans ?? {};
  const link = (to: string, title: string): string =>
    `<a href="/r/${to}"><bdi>${escapeHtml(title)}</bdi></a>`;
  const says = [
    // Whoever goes back on purpose is not led on again.
    ...(continues ? [words.continues(link(`${continues.slug}#here`, continues.title))] : []),
    ...(continuedBy ? [words.continuedBy(link(continuedBy.slug, continuedBy.title))] : []),
  ];
  return says.length === 0 ? '' : `<p>${says.join(' ')}</p>`;
}
