import { createHash } from 'node:crypto';
import type { PageLanguage } from '../../base/negotiation.ts';
import { momentOf } from '../../wire/moment.ts';
import type { RoomCard } from '../../wire/room.ts';
import { plainWords } from '../plain-words.ts';
import { titleOf } from '../room-words.ts';
import { instant } from '../sentence.ts';

/** What a preview of a link says that a room is doing. */
export type PreviewState = 'before' | 'late' | 'open' | 'live' | 'break' | 'ended' | 'cancelled' | 'stopped';

/** A room as a preview shows it, as plain text. */
export interface RoomPreview {
  readonly state: PreviewState;
  readonly title: string;
  readonly hosts: string;
  /** The state in two words, and when: in UTC, because the same image is for everybody. */
  readonly mark: string;
  readonly when: string;
  /** Changes with what the image shows; a part of its address. */
  readonly version: string;
}

interface PreviewWords {
  readonly marks: Readonly<Record<PreviewState, string>>;
  readonly unknownTime: string;
  late(when: string): string;
  since(when: string): string;
  ended(when: string, length: string | undefined): string;
  readonly again: string;
}

const WORDS: Readonly<Record<PageLanguage, PreviewWords>> = {
  en: {
    marks: {
      ...{ before: 'Announced', late: 'Late', open: 'Doors open', live: 'Live now', break: 'A break' },
      ...{ ended: 'Listen again', cancelled: 'Called off', stopped: 'Closed' },
    },
    unknownTime: 'The time is not fixed yet',
    late: (when) => `Was to begin ${when}`,
    since: (when) => `Since ${when}`,
    ended: (when, length) => (length === undefined ? `Ended ${when}` : `${length}, ended ${when}`),
    again: 'Ended',
  },
  fr: {
    marks: {
      ...{
        before: 'Annoncée',
        late: 'En retard',
        open: 'Portes ouvertes',
        live: 'En direct',
        break: 'Pause',
      },
      ...{ ended: 'À réécouter', cancelled: 'Annulée', stopped: 'Fermée' },
    },
    unknownTime: 'L’heure n’est pas encore fixée',
    late: (when) => `Devait commencer ${when}`,
    since: (when) => `Depuis ${when}`,
    ended: (when, length) => (length === undefined ? `Terminée ${when}` : `${length}, terminée ${when}`),
    again: 'Terminée',
  },
};

/** A begin that is so little past is not late yet: hosts come on stage a little later than on time. */
const LATE_MS = 60_000;

/** The state of a room at `now`, wall-clock ms. */
export function previewState(card: RoomCard, now: number): PreviewState {
  const moment = momentOf(card);
  const { scheduled } = card.clocks;
  const isWaiting = moment === 'scheduled' || moment === 'open';
  if (isWaiting && scheduled !== undefined && now > scheduled + LATE_MS) return 'late';
  return moment === 'scheduled' ? 'before' : moment;
}

/** A length in hours and minutes: `1 h 12 min`. */
function length(from: number | undefined, to: number | undefined): string | undefined {
  const minutes = from === undefined || to === undefined ? 0 : Math.round((to - from) / 60_000);
  if (minutes < 1) return undefined;
  return minutes < 60
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

function whenOf(card: RoomCard, state: PreviewState, language: PageLanguage): string {
  const words = WORDS[language];
  const { scheduled, opened, firstSpeech, ended } = card.clocks;
  const at = (time: number): string => instant(time, language);
  if (state === 'before') return scheduled === undefined ? words.unknownTime : at(scheduled);
  if (state === 'late' && scheduled !== undefined) return words.late(at(scheduled));
  if (state === 'ended')
    return ended === undefined ? words.again : words.ended(at(ended), length(firstSpeech ?? opened, ended));
  if (state === 'cancelled' || state === 'stopped') return scheduled === undefined ? '' : at(scheduled);
  const since = state === 'open' ? opened : (firstSpeech ?? opened);
  return since === undefined ? '' : words.since(at(since));
}

/** What a preview of a room's link shows at `now`, wall-clock ms. */
export function roomPreview(card: RoomCard, now: number, language: PageLanguage): RoomPreview {
  const state = previewState(card, now);
  const shown = {
    ...{ state, title: titleOf(card, plainWords(language)), hosts: card.hosts.join(', ') },
    ...{ mark: WORDS[language].marks[state], when: whenOf(card, state, language) },
  };
  const version = createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 12);
  return { ...shown, version };
}

/** The address of a room's image without the origin; another one whenever it shows something else. */
export const cardPath = (card: RoomCard, now: number, language: PageLanguage): string =>
  `/r/${card.slug}/card.png?${language === 'fr' ? 'lang=fr&' : ''}v=${roomPreview(card, now, language).version}`;
