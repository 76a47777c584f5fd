import type { ToldQuestions } from '../wire/interaction/questions.ts';

/** Rooms that are remembered. */
const MOST_ROOMS = 500;

/** What is asked in the rooms, so that a report can name a question: in memory alone. */
export interface SeenQuestions {
  /** A studio says what everybody is shown. */
  asked(slug: string, list: ToldQuestions): void;
  /** The text of a question that everybody is shown now. */
  textOf(slug: string, id: string): string | undefined;
}

/** Opens the memory. */
export function openSeenQuestions(): SeenQuestions {
  const rooms = new Map<string, ToldQuestions>();
  return {
    asked(slug, list) {
      rooms.delete(slug);
      if (list.questions.length + list.answered.length > 0) rooms.set(slug, list);
      for (const oldest of rooms.keys()) if (rooms.size > MOST_ROOMS) rooms.delete(oldest);
    },
    textOf(slug, id) {
      const list = rooms.get(slug);
      return [...(list?.questions ?? []), ...(list?.answered ?? [])].find((one) => one.id === id)?.text;
    },
  };
}
