import { ANSWER_GROUPS, type AnswerCount, type DoorAnswers } from '../../wire/figures/door-answers.ts';
import { addClasses, type IncidentMinute, type MinuteAnswers } from './incident-minute.ts';

const MINUTE_MS = 60_000;
/** Minutes before an incident that belong to its picture. */
export const MINUTES_BEFORE = 5;
/** Doors that are known at a time; those of a large installation are some dozens. */
const MOST_DOORS = 1_024;

/** What the counting knows at the end of a minute, since the rooms opened. */
export interface AudienceSums {
  readonly listeners: number;
  readonly attempts: number;
  readonly failures: number;
}

interface DoorSeen {
  readonly life: string;
  readonly answers: DoorAnswers;
  readonly at: number;
}

/** What doors did since the minute began; times by class. */
interface Running {
  readonly groups: Map<string, { good: number; refused: number; failed: number; times: number[] }>;
  heard: boolean;
  cut: number;
  bytes: number;
  firstSound: number[];
  rung: number;
}

const begun = (): Running => ({
  groups: new Map(),
  ...{ heard: false, cut: 0, bytes: 0, firstSound: [], rung: 0 },
});

/** Doors that said nothing for so long are gone, ms. */
const GONE_MS = 30_000;

/** Sums up what doors and the counting say into minutes. Nothing is added twice, whatever is repeated or restarted. */
export class MinuteWatch {
  readonly #doors = new Map<string, DoorSeen>();
  #minute = -1;
  #running = begun();
  #before: AudienceSums | undefined;
  /** The last minutes, oldest first. */
  readonly #past: IncidentMinute[] = [];

  /** What a door has done since its process began. */
  answers(door: string, life: string, answers: DoorAnswers, wall: number): void {
    const seen = this.#doors.get(door);
    this.#doors.delete(door);
    this.#doors.set(door, { life, answers, at: wall });
    const [oldest] = this.#doors.keys();
    if (this.#doors.size > MOST_DOORS && oldest !== undefined) this.#doors.delete(oldest);
    this.#running.heard = true;
    // What it did before this process knew it belongs to earlier minutes.
    if (!seen) return;
    const past = seen.life === life ? seen.answers : undefined;
    const now = this.#running;
    for (const group of ANSWER_GROUPS) {
      const count = answers.groups[group];
      if (count) this.#add(group, count, past?.groups[group]);
    }
    now.cut += Math.max(0, answers.cut - (past?.cut ?? 0));
    now.bytes += Math.max(0, answers.bytes - (past?.bytes ?? 0));
    addClasses(now.firstSound, grown(answers.firstSound, past?.firstSound));
  }

  /** The rung of a room. */
  rung(rung: number): void {
    this.#running.rung = Math.max(this.#running.rung, rung);
  }

  /** Call about once a second. Returns the minute that has just ended; `sums`: undefined while no room is known. */
  tick(wall: number, sums: AudienceSums | undefined): IncidentMinute | undefined {
    const minute = Math.floor(wall / MINUTE_MS);
    if (this.#minute < 0) {
      this.#minute = minute;
      this.#before = sums;
    }
    if (minute === this.#minute) return undefined;
    const ended = this.#ended(this.#minute * MINUTE_MS, wall, sums);
    this.#minute = minute;
    this.#before = sums;
    this.#running = begun();
    this.#past.push(ended);
    if (this.#past.length > MINUTES_BEFORE) this.#past.shift();
    return ended;
  }

  /** The minutes before now. */
  get past(): readonly IncidentMinute[] {
    return this.#past;
  }

  #add(group: string, count: AnswerCount, past: AnswerCount | undefined): void {
    const sum = this.#running.groups.get(group) ?? { good: 0, refused: 0, failed: 0, times: [] };
    this.#running.groups.set(group, sum);
    for (const kind of ['good', 'refused', 'failed'] as const)
      sum[kind] += Math.max(0, count[kind] - (past?.[kind] ?? 0));
    addClasses(sum.times, grown(count.times, past?.times));
  }

  #ended(at: number, wall: number, sums: AudienceSums | undefined): IncidentMinute {
    const { groups, heard, cut, bytes, firstSound, rung } = this.#running;
    const doors = [...this.#doors.values()].filter((door) => wall - door.at < GONE_MS);
    const told: Partial<Record<string, MinuteAnswers>> = {};
    for (const [group, { good, refused, failed, times }] of groups) {
      const all = good + refused + failed;
      if (all > 0) told[group] = { asked: all, failed, refused, ...(times.some(Boolean) ? { times } : {}) };
    }
    const limit = doors.every(({ answers }) => answers.egressLimit !== undefined)
      ? doors.reduce((sum, { answers }) => sum + (answers.egressLimit ?? 0), 0) * 60
      : undefined;
    return {
      at,
      ...(heard ? { groups: told, cut, bytes } : {}),
      ...(heard && doors.length > 0
        ? {
            connections: doors.reduce((sum, { answers }) => sum + answers.connections, 0),
            mostConnections: doors.reduce((sum, { answers }) => sum + answers.mostConnections, 0),
            ...(limit === undefined ? {} : { mostBytes: limit }),
          }
        : {}),
      ...(sums
        ? {
            listeners: sums.listeners,
            attempts: Math.max(0, sums.attempts - (this.#before?.attempts ?? sums.attempts)),
            failures: Math.max(0, sums.failures - (this.#before?.failures ?? sums.failures)),
          }
        : {}),
      ...(firstSound.some(Boolean) ? { sound: firstSound } : {}),
      rung,
    };
  }
}

/** What has been added to times by class. */
function grown(now: readonly number[], past: readonly number[] | undefined): number[] {
  return now.map((count, at) => Math.max(0, count - (past?.[at] ?? 0)));
}
