import type { RoomNumbers } from '../wire/numbers.ts';
import type { IncidentAudience } from './incident.ts';

const MINUTE_MS = 60_000;
const MINUTES = 15;
/** Fewer known minutes say nothing about what is usual. */
const LEAST_MINUTES = 3;
/** Rooms of which figures are held; the one that was heard of longest ago is dropped. */
const MOST_ROOMS = 4_096;

interface Figures {
  readonly listeners: number;
  readonly attempts: number;
  readonly failures: number;
  readonly excluded: number;
}
const NONE: Figures = { listeners: 0, attempts: 0, failures: 0, excluded: 0 };

/** The audience of this server, before and during an incident. */
export class AudienceWatch {
  readonly #rooms = new Map<string, Figures>();
  /** Listeners at the end of each of the last minutes, newest last. */
  readonly #minutes: number[] = [];
  #minute = 0;
  #since: { readonly before?: number; readonly at: Figures; most: number; least: number } | undefined;

  /** The numbers of a room. */
  numbers(slug: string, { metrics, excluded }: Pick<RoomNumbers, 'metrics' | 'excluded'>): void {
    this.#rooms.delete(slug);
    this.#rooms.set(slug, {
      listeners: metrics.listeners_now?.net ?? 0,
      attempts: metrics.join_attempts?.net ?? 0,
      failures: metrics.join_failures?.net ?? 0,
      excluded: Object.values(excluded).reduce((sum: number, one) => sum + (one ?? 0), 0),
    });
    const [oldest] = this.#rooms.keys();
    if (this.#rooms.size > MOST_ROOMS && oldest !== undefined) this.#rooms.delete(oldest);
    this.#look();
  }

  /** Call about once a second. */
  tick(wall: number): void {
    const minute = Math.floor(wall / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    if (this.#rooms.size === 0) return;
    this.#minutes.push(this.#sum().listeners);
    if (this.#minutes.length > MINUTES) this.#minutes.shift();
  }

  /** All rooms together, now; undefined when nothing is known of any. */
  get now():
    | { readonly listeners: number; readonly attempts: number; readonly failures: number }
    | undefined {
    return this.#rooms.size === 0 ? undefined : this.#sum();
  }

  /** An incident begins. */
  begin(): void {
    const sorted = [...this.#minutes].sort((a, b) => a - b);
    const before = sorted.length < LEAST_MINUTES ? undefined : sorted[Math.floor(sorted.length / 2)];
    const at = this.#sum();
    this.#since = {
      ...(before === undefined ? {} : { before }),
      ...{ at, most: at.listeners, least: at.listeners },
    };
  }

  /** What the audience did since the incident began; undefined when nothing is known of any room. */
  since(): IncidentAudience | undefined {
    const since = this.#since;
    if (!since || this.#rooms.size === 0) return undefined;
    const now = this.#sum();
    return {
      ...(since.before === undefined ? {} : { before: since.before }),
      ...{ most: since.most, least: since.least },
      attempts: Math.max(0, now.attempts - since.at.attempts),
      failures: Math.max(0, now.failures - since.at.failures),
      excluded: Math.max(0, now.excluded - since.at.excluded),
    };
  }

  #look(): void {
    if (!this.#since) return;
    const { listeners } = this.#sum();
    this.#since.most = Math.max(this.#since.most, listeners);
    this.#since.least = Math.min(this.#since.least, listeners);
  }

  #sum(): Figures {
    return [...this.#rooms.values()].reduce(
      (sum, room) => ({
        listeners: sum.listeners + room.listeners,
        attempts: sum.attempts + room.attempts,
        failures: sum.failures + room.failures,
        excluded: sum.excluded + room.excluded,
      }),
      NONE,
    );
  }
}
