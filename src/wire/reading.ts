/** The text page: what a room is doing, in words, for visitors who come when there is no place for another stream. */
import type { RoomState } from './room.ts';

/** One row: a label and its current value. */
export interface ReadingRow {
  readonly term: string;
  readonly value: string;
}

/** The text about a running room; `recording` is absent before the first words. */
export interface Reading {
  readonly title: string;
  readonly rows: readonly ReadingRow[];
  readonly next: string;
  /**
   * The position in the recording, in seconds, where the part that the visitor misses begins, with its text and link
   * text.
   */
  readonly recording?: { readonly from: number; readonly text: string; readonly link: string };
}

/** The texts that depend on the language. */
interface ReadingWords {
  readonly title: string;
  readonly now: string;
  readonly speaks: (names: string) => string;
  readonly quiet: string;
  readonly music: string;
  readonly onStage: string;
  readonly nobody: string;
  readonly since: string;
  readonly listening: string;
  count(streams: number): string;
  readonly next: string;
  recording(minute: number): string;
  link(minute: number): string;
}

const english: ReadingWords = {
  title: 'Read along',
  now: 'Now',
  speaks: (names) => `Speaking: ${names}`,
  quiet: 'No one is speaking right now',
  music: 'Music',
  onStage: 'On stage',
  nobody: 'nobody yet',
  since: 'Talking since',
  listening: 'Listening',
  count: (streams) =>
    streams === 1
      ? '1 connection'
      : `${streams > 99 ? 'about ' : ''}${streams.toLocaleString('en')} connections`,
  next: 'As soon as there is room again, Listen takes you live.',
  recording: (minute) =>
    `Nothing is lost: the room is being recorded, and the recording stays at this address. What you miss from now on begins ${minute === 0 ? 'in its first minute' : `at minute ${minute}`}. Keep this link and come back in an hour or tomorrow; while so many people are here it may have to wait.`,
  link: (minute) =>
    minute === 0 ? 'The recording, from the beginning' : `The recording, from minute ${minute}`,
};

const french: ReadingWords = {
  title: 'Suivre par écrit',
  now: 'Maintenant',
  speaks: (names) => `Parle : ${names}`,
  quiet: 'Personne ne parle en cet instant',
  music: 'De la musique',
  onStage: 'Sur scène',
  nobody: 'personne encore',
  since: 'On parle depuis',
  listening: 'À l’écoute',
  count: (streams) =>
    streams === 1
      ? '1 connexion'
      : `${streams > 99 ? 'environ ' : ''}${streams.toLocaleString('fr')} connexions`,
  next: 'Dès qu’il y a de nouveau de la place, Écouter vous mène au direct.',
  recording: (minute) =>
    `Rien n’est perdu : tout est enregistré, et l’enregistrement reste à cette adresse. Ce que vous manquez à partir de maintenant commence ${minute === 0 ? 'dans sa première minute' : `à la minute ${minute}`}. Gardez ce lien et revenez dans une heure ou demain ; tant qu’il y a autant de monde, il peut se faire attendre.`,
  link: (minute) =>
    minute === 0 ? 'L’enregistrement, depuis le début' : `L’enregistrement, dès la minute ${minute}`,
};

/**
 * The position of `at` (wall-clock ms) in the recording, in seconds, rounded down to a minute; undefined before the
 * first words. The recording begins when the room goes live, which is before the first words, and leaves out its gaps.
 * So the result is never too late, and too early by the silence before the first words.
 */
export function recordedBy(
  { clocks, gaps }: Pick<RoomState, 'clocks' | 'gaps'>,
  at: number,
): number | undefined {
  const { firstSpeech } = clocks;
  if (firstSpeech === undefined) return undefined;
  const lost = gaps.reduce((sum, gap) => sum + (gap.from >= firstSpeech ? gap.seconds : 0), 0);
  return Math.max(0, Math.floor(((at - firstSpeech) / 1000 - lost) / 60) * 60);
}

/**
 * The text about `state`, whose count is already rounded. `missed` is the wall-clock ms from which on the visitor
 * misses the program; `when` formats an instant.
 */
export function readingOf(
  state: RoomState,
  {
    language,
    missed,
    when,
  }: { readonly language: 'en' | 'fr'; readonly missed: number; when(at: number): string },
): Reading {
  const words = language === 'fr' ? french : english;
  const names = (people: RoomState['stage']): string =>
    new Intl.ListFormat(language).format(people.map(({ name }) => `\u2068${name}\u2069`));
  const here = state.stage.filter(({ connected }) => connected);
  const speaking = here.filter(({ muted, speaking }) => speaking && !muted);
  const since = state.clocks.firstSpeech;
  const from = recordedBy(state, missed);
  const minute = (from ?? 0) / 60;
  const now =
    state.program.carries !== 'stage'
      ? words.music
      : speaking.length > 0
        ? words.speaks(names(speaking))
        : words.quiet;
  return {
    title: words.title,
    rows: [
      { term: words.now, value: now },
      { term: words.onStage, value: here.length > 0 ? names(here) : words.nobody },
      ...(since === undefined ? [] : [{ term: words.since, value: when(since) }]),
      { term: words.listening, value: words.count(state.streams) },
    ],
    next: words.next,
    ...(from === undefined
      ? {}
      : { recording: { from, text: words.recording(minute), link: words.link(minute) } }),
  };
}

/** The recording from `from` seconds on, for players of every kind. Spec: W3C Media Fragments 1.0, 4.2.1. */
export const recordedAt = (slug: string, from: number): string => `/r/${slug}/replay.m4a#t=${from}`;
