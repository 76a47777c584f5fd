import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { BackstageEar, BackstageLine, BackstagePerson } from '../../../src/wire/stage/backstage.ts';

/** The people on stage, those who only listen, and everyone's level. */
export interface StudioRoster {
  /** In the order in which they came. */
  readonly people: ReadonlySignal<readonly BackstagePerson[]>;
  readonly ears: ReadonlySignal<readonly BackstageEar[]>;
  /** The level of the mixed program, in dBFS. */
  readonly programLevel: ReadonlySignal<number>;
  /** The level of one speaker in dBFS (≤ 0, −127 is silence). */
  level(id: string): Signal<number>;
  /** Takes a new list of people, and calls the hooks for what has changed. */
  list(line: Extract<BackstageLine, { kind: 'roster' }>): void;
  /** Takes new levels. */
  hear(line: Extract<BackstageLine, { kind: 'levels' }>): void;
  /** Sets every level to silence, because nobody reports them any more. */
  silence(): void;
}

/** Called for each change between two lists of people. */
export interface RosterHooks {
  joined(person: BackstagePerson): void;
  left(person: BackstagePerson): void;
  /** Somebody whom a host muted asks to speak, or no longer does. */
  asks(person: BackstagePerson): void;
}

const SILENCE = -127;

/** Opens an empty roster. The first list does not call the hooks. */
export function openRoster(hooks: RosterHooks): StudioRoster {
  const people = signal<readonly BackstagePerson[]>([]);
  const ears = signal<readonly BackstageEar[]>([]);
  const programLevel = signal(SILENCE);
  const levels = new Map<string, Signal<number>>();
  let known: ReadonlyMap<string, BackstagePerson> | undefined;
  return {
    people,
    ears,
    programLevel,
    level(id) {
      const it = levels.get(id) ?? signal(SILENCE);
      levels.set(id, it);
      return it;
    },
    list(line) {
      people.value = [...line.people].sort((a, b) => a.joined - b.joined);
      ears.value = line.ears;
      const now = new Map(line.people.map((person) => [person.id, person]));
      if (known) {
        for (const [id, person] of now) if (!known.has(id)) hooks.joined(person);
        for (const [id, person] of now)
          if (person.asks !== (known.get(id)?.asks ?? false)) hooks.asks(person);
        for (const [id, person] of known) if (!now.has(id)) hooks.left(person);
      }
      known = now;
      for (const id of levels.keys()) if (!now.has(id)) levels.delete(id);
    },
    hear(line) {
      batch(() => {
        programLevel.value = line.program;
        // The studio sends −dBov, 0 to 127.
        for (const [id, value] of levels) value.value = -(line.people[id] ?? 127);
      });
    },
    silence() {
      programLevel.value = SILENCE;
      for (const value of levels.values()) value.value = SILENCE;
    },
  };
}
