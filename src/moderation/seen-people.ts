import type { SeenPerson } from './moderation-deps.ts';

/** People of one room that are remembered, and rooms. */
const MOST_PEOPLE = 60;
const MOST_ROOMS = 500;

/** Who is or was on the stages, so that a report can name them: in memory alone. */
export interface SeenPeople {
  /** A studio says who is on stage now. */
  saw(slug: string, stage: readonly SeenPerson[]): void;
  /** The newest first. */
  of(slug: string): readonly SeenPerson[];
}

/** Opens the memory. */
export function openSeenPeople(): SeenPeople {
  const rooms = new Map<string, Map<string, SeenPerson>>();
  return {
    saw(slug, stage) {
      if (stage.length === 0) return;
      const people = rooms.get(slug) ?? new Map<string, SeenPerson>();
      for (const { id, name, role } of stage) {
        people.delete(id);
        people.set(id, { id, name, role });
      }
      for (const oldest of people.keys()) if (people.size > MOST_PEOPLE) people.delete(oldest);
      rooms.delete(slug);
      rooms.set(slug, people);
      for (const oldest of rooms.keys()) if (rooms.size > MOST_ROOMS) rooms.delete(oldest);
    },
    of: (slug) => [...(rooms.get(slug)?.values() ?? [])].reverse(),
  };
}
