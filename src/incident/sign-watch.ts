import type { Verdict } from '../verdict/index.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import { isRunning, type RoomCard, type RoomState } from '../wire/room.ts';
import type { IncidentSign, SignKind } from './incident.ts';

/** How long each must last before it is a sign, ms: a moment is no incident. */
const HOLDS: Readonly<Record<SignKind, number>> = {
  rung: 0,
  'dead-air': 5_000,
  'studio-away': 3_000,
  'late-start': 120_000,
  'failed-joins': 0,
  process: 0,
  'hostile-requests': 0,
  person: 0,
};
/** Rungs below this one give up nothing that matters: see the ladder. */
const LEAST_RUNG = 2;
/** Silences that are nobody's fault: the stage has nothing to say. */
const CHOSEN: ReadonlySet<string> = new Set(['nobody-on-stage', 'all-muted', 'quiet']);
/** Joins of one minute that failed: at least so many, and this share of them. */
const LEAST_FAILURES = 5;
const FAILED_SHARE = 0.1;
const MINUTE_MS = 60_000;
/** A process that is not back after this has stopped being news; it is a sign of its own each time it ends. */
const PROCESS_MS = 10 * MINUTE_MS;
/** A look that is so late says nothing about others: what they said meanwhile is read first, for as long. */
const LATE_MS = 3_000;
/** Rooms and processes that are watched at a time; beyond it new ones are not. */
const MOST_WATCHED = 8_192;

/** Who is told. `key` is the same for the beginning and the end of a sign. */
export interface SignOutlet {
  began(key: string, sign: IncidentSign): void;
  ended(key: string, to: number): void;
}

/** An event in the life of a process, as the supervisor writes it down. */
export interface ProcessNews {
  readonly at: number;
  readonly event: 'died' | 'restarted';
  readonly process: string;
  readonly code?: number | null;
  readonly signal?: string | null;
  readonly why?: string;
  /** It had not been ready yet. */
  readonly unready?: boolean;
  /** The room that it was working on. */
  readonly room?: string;
}

interface Pending {
  readonly sign: IncidentSign;
  told: boolean;
}

/** Joins of a room in this minute, as far as they are known. */
interface Joins {
  at: number;
  attempts: number;
  failures: number;
}

/** Turns what the parts say into signs: each begins once, after it has lasted for a while, and ends once. */
export class SignWatch {
  readonly #outlet: SignOutlet;
  readonly #pending = new Map<string, Pending>();
  readonly #joins = new Map<string, Joins>();
  /** Announced starts of rooms in which nobody has spoken. */
  readonly #starts = new Map<string, number>();
  /** When the states of running rooms were told last. */
  readonly #heard = new Map<string, number>();
  /** Rooms that are closed to strangers: a sign says that something happened, not where. */
  readonly #closed = new Set<string>();
  readonly #silence: number;
  #ticked = Number.NaN;
  #looksFrom = 0;

  /** `silence`: a running room whose state is not told for so long, ms, has no studio. */
  constructor(outlet: SignOutlet, silence = Number.POSITIVE_INFINITY) {
    this.#outlet = outlet;
    this.#silence = silence;
  }

  /** The state of a running room. */
  state(slug: string, { delivery, program, studio, status }: RoomState, wall: number): void {
    const { deadAir } = program;
    const isSilent = deadAir !== undefined && !CHOSEN.has(deadAir.cause);
    const rung = delivery.rung;
    this.#see('rung', slug, rung >= LEAST_RUNG, wall, { from: delivery.since, detail: String(rung) });
    this.#see('dead-air', slug, isSilent, wall, {
      from: deadAir?.since ?? wall,
      ...(deadAir ? { detail: deadAir.cause } : {}),
    });
    this.#see('studio-away', slug, studio === 'away' && isRunning(status), wall, { from: wall });
    if (!isRunning(status)) this.#heard.delete(slug);
    else if (this.#heard.has(slug) || this.#heard.size < MOST_WATCHED) this.#heard.set(slug, wall);
  }

  /** A room as the site knows it. */
  card({ slug, status, clocks, welcome, access }: RoomCard, wall: number): void {
    if (welcome) return;
    if (access === 'private') this.#closed.add(slug);
    else this.#closed.delete(slug);
    const { scheduled, firstSpeech } = clocks;
    const waits = (status === 'scheduled' || isRunning(status)) && firstSpeech === undefined;
    if (scheduled !== undefined && waits && this.#starts.size < MOST_WATCHED)
      this.#starts.set(slug, scheduled);
    else this.#starts.delete(slug);
    if (!waits) this.#see('late-start', slug, false, firstSpeech ?? wall, { from: wall });
    if (isRunning(status)) return;
    this.#heard.delete(slug);
    for (const kind of ['rung', 'dead-air', 'studio-away', 'failed-joins'] as const)
      this.#see(kind, slug, false, wall, { from: wall });
    this.#joins.delete(slug);
  }

  /** The numbers of a room. */
  numbers(slug: string, { metrics }: Pick<RoomNumbers, 'metrics'>, wall: number): void {
    const attempts = metrics.join_attempts?.net ?? 0;
    const failures = metrics.join_failures?.net ?? 0;
    const known = this.#joins.get(slug);
    if (!known) {
      if (this.#joins.size < MOST_WATCHED) this.#joins.set(slug, { at: wall, attempts, failures });
      return;
    }
    const [more, failed] = [attempts - known.attempts, failures - known.failures];
    const many = failed >= LEAST_FAILURES && failed >= FAILED_SHARE * Math.max(more, failed);
    if (many)
      this.#see('failed-joins', slug, true, wall, {
        from: known.at,
        detail: `${failed} of ${Math.max(more, failed)}`,
      });
    if (wall - known.at < MINUTE_MS && wall >= known.at) return;
    if (!many) this.#see('failed-joins', slug, false, wall, { from: wall });
    Object.assign(known, { at: wall, attempts, failures });
  }

  /** What requests support that have risen; undefined: they are as usual again. */
  requests(found: Pick<Verdict, 'label' | 'window' | 'hostile'> | undefined, wall: number): void {
    const hostile = found?.label === 'ATTACK' || found?.label === 'MIXED';
    const { share = null } = found?.hostile.requests ?? {};
    this.#see('hostile-requests', '', hostile, wall, {
      from: Date.parse(found?.window.from ?? '') || wall,
      ...(share === null ? {} : { detail: `${Math.round(share * 100)} %` }),
    });
  }

  /** A process ended unexpectedly, or is back. */
  process({ at, event, process, code, signal, why, room }: ProcessNews): void {
    const about = room === undefined || this.#closed.has(room) ? '' : `, while it worked on ${room}`;
    const how = why ?? signal ?? `exit code ${code ?? 'unknown'}`;
    this.#see('process', process, event === 'died', at, { from: at, detail: `${process}: ${how}${about}` });
  }

  /** Call about once a second. */
  tick(wall: number): void {
    // This process stood still, or the clock was set: the others may have told everything.
    if (Math.abs(wall - this.#ticked) > LATE_MS) this.#looksFrom = wall + LATE_MS;
    this.#ticked = wall;
    for (const [slug, at] of this.#heard)
      if (wall >= this.#looksFrom && wall - at >= this.#silence)
        this.#see('studio-away', slug, true, wall, { from: at });
    for (const [slug, scheduled] of this.#starts)
      if (wall >= scheduled) this.#see('late-start', slug, true, wall, { from: scheduled });
    for (const [key, pending] of this.#pending) {
      this.#tell(key, pending, wall);
      if (pending.sign.kind === 'process' && wall - pending.sign.from > PROCESS_MS) this.#end(key, wall);
    }
  }

  /** True while a sign of this key is seen. */
  lasts(key: string): boolean {
    return this.#pending.has(key);
  }

  /** `about`: the room, or for `process` its name. */
  #see(
    kind: SignKind,
    about: string,
    is: boolean,
    wall: number,
    { from, detail }: { readonly from: number; readonly detail?: string },
  ): void {
    const key = `${kind} ${about}`;
    if (!is) {
      this.#end(key, wall);
      return;
    }
    if (this.#pending.has(key) || this.#pending.size >= MOST_WATCHED) return;
    const sign: IncidentSign = {
      kind,
      ...(about === '' || kind === 'process' || this.#closed.has(about) ? {} : { room: about }),
      // Clocks of other processes may be a little ahead.
      from: Math.round(Math.min(from, wall)),
      ...(detail === undefined ? {} : { detail }),
    };
    const pending = { sign, told: false };
    this.#pending.set(key, pending);
    this.#tell(key, pending, wall);
  }

  #tell(key: string, pending: Pending, wall: number): void {
    if (pending.told || wall - pending.sign.from < HOLDS[pending.sign.kind]) return;
    pending.told = true;
    this.#outlet.began(key, pending.sign);
  }

  #end(key: string, wall: number): void {
    const pending = this.#pending.get(key);
    if (!pending) return;
    this.#pending.delete(key);
    if (pending.told) this.#outlet.ended(key, Math.round(Math.max(wall, pending.sign.from)));
  }
}
