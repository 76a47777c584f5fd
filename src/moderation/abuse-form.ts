import { plainText } from '../base/plain-text.ts';
import { ABUSE_REASONS, ABUSE_WORDS_LENGTH, type AbuseReason } from '../wire/moderation/moderation.ts';
import type { RoomCard } from '../wire/room.ts';
import type { SeenPerson } from './moderation-deps.ts';
import type { AbuseWish } from './reports.ts';

/** The longest time ago of what is reported, in minutes: a week. */
const MOST_AGO = 10_080;
const NAME_LENGTH = 60;

/** Why a form is not taken: a key of the words. */
export type AbuseFault = 'reason' | 'words' | 'long' | 'person' | 'clip' | 'question';

/** What a form names beside people, if it is there. */
export interface AbuseThings {
  readonly clip?: { readonly id: string; readonly title: string; readonly from: number } | undefined;
  readonly question?: { readonly id: string; readonly text: string } | undefined;
}

/** What a form says about a room; `people`: who can be named by id. */
export function readAbuseForm(
  sent: URLSearchParams,
  card: RoomCard,
  people: readonly SeenPerson[],
  { clip, question }: AbuseThings,
  now: number,
): AbuseWish | AbuseFault {
  const reason = ABUSE_REASONS.find((one): one is AbuseReason => one === sent.get('reason'));
  if (!reason) return 'reason';
  const written = sent.get('words') ?? '';
  const words = written.trim() === '' ? '' : plainText(written, ABUSE_WORDS_LENGTH);
  if (words === undefined) return [...written].length > ABUSE_WORDS_LENGTH ? 'long' : 'words';
  if (reason === 'other' && words === '') return 'words';
  const [kind, id = ''] = (sent.get('about') ?? 'room').split(/:(.*)/s);
  const subject = kind === 'person' || kind === 'clip' || kind === 'question' ? kind : 'room';
  const person = people.find((one) => one.id === id);
  const typed = plainText((sent.get('name') ?? '').slice(0, 1_000), NAME_LENGTH);
  const names = { room: '', person: person?.name ?? typed, clip: clip?.title, question: question?.text };
  const name = names[subject];
  if (subject === 'clip' && clip?.id !== id) return 'clip';
  if (subject === 'question' && question?.id !== id) return 'question';
  if (name === undefined) return 'person';
  const minutes = Math.floor(Number(sent.get('ago') ?? 0));
  const ago = minutes >= 0 && minutes <= MOST_AGO ? minutes * 60_000 : 0;
  const last = card.clocks.ended !== undefined && card.clocks.ended < now ? card.clocks.ended : now;
  // A page that plays the recording says at which second.
  const second = /^\d{1,6}$/.test(sent.get('t') ?? '') ? Number(sent.get('t')) * 1_000 : undefined;
  const { firstSpeech } = card.clocks;
  const moment =
    subject === 'clip' && clip
      ? clip.from
      : second !== undefined && firstSpeech !== undefined
        ? Math.min(last, firstSpeech + second)
        : last - ago;
  const target = { room: undefined, person: person?.id, clip: clip?.id, question: question?.id }[subject];
  return {
    ...{ room: card.slug, subject, name, reason, words, moment },
    ...(target === undefined ? {} : { target }),
    // Nobody decides about themselves.
    operatorOnly:
      sent.get('only') === '1' ||
      subject === 'room' ||
      (person !== undefined && person.role !== 'speaker') ||
      (person === undefined && subject === 'person' && card.hosts.includes(name)),
  };
}

/** Where the desk hears the moment of a report, from half a minute before; undefined while nothing was recorded. */
export function hearingLink(card: RoomCard | undefined, moment: number): string | undefined {
  const first = card?.clocks.firstSpeech;
  if (!card || first === undefined) return undefined;
  return `/r/${card.slug}?t=${Math.max(0, Math.floor((moment - first) / 1_000) - 30)}`;
}
