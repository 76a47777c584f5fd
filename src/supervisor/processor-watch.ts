import { readFileSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Metric } from '../base/metrics.ts';
import type { Ms } from '../base/time.ts';

/** A second in which this process ran this much late, or other machines took this share, is a bad one. */
const LATE_MS = 250;
const STOLEN = 0.15;
/** This many bad seconds out of the last thirty are logged, at most every ten minutes. */
const WINDOW = 30;
const BAD = 5;
const TOLD_EVERY = 600_000;

/** Ticks of all processors, and the part of them that other machines had (steal). */
export interface ProcessorTicks {
  readonly all: number;
  readonly stolen: number;
}

/** Whether the machine gives its processes the time they need. */
export class ProcessorWatch {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #period: Ms;
  readonly #ticks: () => ProcessorTicks | undefined;
  readonly #seconds: { late: number; stolen: number }[] = [];
  #told = Number.NEGATIVE_INFINITY;
  #before: ProcessorTicks | undefined;
  #due: number;

  /** `period`: between two looks. */
  constructor(clock: Clock, log: Log, period: Ms, ticks: () => ProcessorTicks | undefined) {
    this.#clock = clock;
    this.#log = log;
    this.#period = period;
    this.#ticks = ticks;
    this.#before = ticks();
    this.#due = clock.now() + period;
  }

  look(): void {
    const now = this.#clock.now();
    const late = Math.max(0, now - this.#due);
    this.#due = now + this.#period;
    const [before, after] = [this.#before, this.#ticks()];
    const passed = before && after ? after.all - before.all : 0;
    const stolen = before && after && passed > 0 ? (after.stolen - before.stolen) / passed : 0;
    this.#before = after;
    this.#seconds.push({ late, stolen });
    if (this.#seconds.length > WINDOW) this.#seconds.shift();
    const bad = this.#seconds.filter((second) => second.late > LATE_MS || second.stolen > STOLEN);
    if (bad.length < BAD || now - this.#told < TOLD_EVERY) return;
    this.#told = now;
    const worst = Math.round(Math.max(...bad.map((second) => second.late)));
    const most = Math.max(...bad.map((second) => second.stolen));
    this.#log.warn(
      {
        ...{ badSeconds: bad.length, of: this.#seconds.length },
        ...{ lateMs: worst, stealPercent: Math.round(most * 100) },
      },
      most > STOLEN
        ? 'this machine is too busy: the host it runs on gives its processors to other machines (steal). Listeners may hear gaps; ask the provider for dedicated processors, or move'
        : 'this machine is too busy: programs wait for a processor. Listeners may hear gaps; stop other programs, use more cores, or host fewer rooms and listeners',
    );
  }

  metrics(): Metric[] {
    const second = this.#seconds.at(-1);
    return [
      {
        name: 'earshot_machine_steal_ratio',
        kind: 'gauge',
        help: 'Share of the processors that the host gave to other machines in the last second',
        value: second?.stolen ?? 0,
      },
      {
        name: 'earshot_machine_late_seconds',
        kind: 'gauge',
        help: 'How late the supervisor itself ran in the last second; above 0 when the machine is too busy',
        value: (second?.late ?? 0) / 1000,
      },
    ];
  }
}

/** The system's counts; undefined where it has none. Spec: proc(5), /proc/stat. */
export function ticksOf(): ProcessorTicks | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const [, ...columns] = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]?.trim().split(/\s+/) ?? [];
    // user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in user already.
    const numbers = columns.slice(0, 8).map(Number);
    return { all: numbers.reduce((sum, each) => sum + each, 0), stolen: numbers[7] ?? 0 };
  } catch {
    return undefined;
  }
}
