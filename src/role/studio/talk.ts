import type { Mark } from '../../wire/mark.ts';
import type { StagePerson } from '../../wire/room.ts';

/** Silences shorter than this do not end a turn. */
const TURN_GAP = 2_000;
/** Shorter turns are coughs. */
const SHORTEST_TURN = 1_000;

interface Turn {
  name: string;
  from: number;
  heard: number;
}

/** Who has been speaking, and for how long. */
export interface Talk {
  update(people: readonly StagePerson[]): void;
  /** Ends every turn. */
  close(): void;
}

/** Turns the flicker of "speaking now" into turns worth a chapter. */
export function openTalk(deps: { wall(): number; mark(mark: Mark): void }): Talk {
  const turns = new Map<string, Turn>();
  const finish = (speaker: string, turn: Turn): void => {
    turns.delete(speaker);
    if (turn.heard - turn.from >= SHORTEST_TURN)
      deps.mark({ kind: 'speaking', id: speaker, name: turn.name, from: turn.from, to: turn.heard });
  };
  return {
    update(people) {
      const now = deps.wall();
      for (const person of people) {
        if (!person.speaking) continue;
        const turn = turns.get(person.id);
        if (turn) turn.heard = now;
        else turns.set(person.id, { name: person.name, from: now, heard: now });
      }
      for (const [speaker, turn] of turns) if (now - turn.heard > TURN_GAP) finish(speaker, turn);
    },
    close() {
      for (const [speaker, turn] of turns) finish(speaker, turn);
    },
  };
}
