import type { CostTable } from './cost-table.ts';
import { DEFENCE } from './thresholds.ts';

/**
 * What is done with a client's requests, in the order in which it is tried. `serve`: nothing. `defer`: they come after
 * everybody else's. `slow`: they wait a second first. `wait`: the client is asked to come back in some seconds, and is
 * served then. `refuse`: they are refused.
 */
export type DefenceStep = 'serve' | 'defer' | 'slow' | 'wait' | 'refuse';

/** The steps, by their number in `CostTable.steps`. */
export const STEPS: readonly DefenceStep[] = ['serve', 'defer', 'slow', 'wait', 'refuse'];
const REFUSE = STEPS.indexOf('refuse');
const WAIT = STEPS.indexOf('wait');
const DEFER = STEPS.indexOf('defer');

/** Whom a table is about. */
export type Scope = 'client' | 'prefix' | 'network';

/** What a row of a scope may cost, µs of a core per second, before anybody asks about its share. */
export function allowanceOf(scope: Scope, listeners: number): number {
  const own =
    scope === 'client'
      ? DEFENCE.ownAllowance
      : scope === 'prefix'
        ? DEFENCE.prefixAllowance
        : DEFENCE.networkAllowance;
  return own + DEFENCE.perListener * listeners;
}

/**
 * The furthest step: a whole network is only ever deferred, and nobody is refused at an address, or in a prefix, from
 * which people listen.
 */
export function lastStep(scope: Scope, listeners: number): number {
  if (scope === 'network') return DEFER;
  return listeners >= DEFENCE.somebody ? WAIT : REFUSE;
}

/**
 * The max-min fair share of `capacity`: the level at which `wishes`, each cut to level × weight, add up to it; Infinity
 * when all fit.
 */
export function fairLevel(
  wishes: readonly { readonly cost: number; readonly weight: number }[],
  capacity: number,
): number {
  const sorted = [...wishes].sort((a, b) => a.cost / a.weight - b.cost / b.weight);
  let left = capacity;
  let weights = sorted.reduce((sum, { weight }) => sum + weight, 0);
  for (const { cost, weight } of sorted) {
    const level = left / weights;
    if (cost > level * weight) return level;
    left -= cost;
    weights -= weight;
  }
  return Number.POSITIVE_INFINITY;
}

/** A row that costs more than its allowance. */
interface Above {
  readonly row: number;
  readonly cost: number;
  readonly weight: number;
  readonly listeners: number;
  readonly ratio: number;
}

/** Is told of a row whose step has changed. */
export type Stepped = (row: number, from: number, to: number, share: number) => void;

/**
 * Moves the rows of one table up and down the steps. A row goes up while it costs more than its allowance and, where no
 * step has been taken yet, more than its max-min share of what a strained door has for strangers. It goes down by one
 * each minute in which it does not.
 */
export class Escalation {
  readonly #scope: Scope;
  readonly #table: CostTable;
  readonly #stepped: Stepped;
  readonly #most: number;

  /** `capacity`: see `DEFENCE.capacity`. */
  constructor(scope: Scope, table: CostTable, stepped: Stepped, capacity: number = DEFENCE.capacity) {
    this.#most = capacity;
    this.#scope = scope;
    this.#table = table;
    this.#stepped = stepped;
  }

  /**
   * `seconds` have passed. `excused`: cost of a row that others answer for, such as that of a prefix's clients on which a
   * step has been taken.
   */
  turn(seconds: number, strained: boolean, excused: (row: number) => number = () => 0): void {
    const { above, steps } = this.#table;
    const [over, others] = this.#split(excused);
    const capacity = Math.max(this.#most - others, this.#most * DEFENCE.leastPart);
    const level = strained && over.length > 0 ? fairLevel(over, capacity) : Number.POSITIVE_INFINITY;
    const risen = new Set<number>();
    for (const { row, cost, weight, listeners, ratio } of over) {
      if (steps[row] === 0 && !(cost > level * weight)) continue;
      risen.add(row);
      const faster = Math.min(DEFENCE.fastest, Math.max(1, ratio / DEFENCE.fastest));
      const last = Math.min(lastStep(this.#scope, listeners), row === this.#table.rest ? WAIT : REFUSE);
      const most = last * DEFENCE.stepSeconds;
      above[row] = Math.min(most, (above[row] ?? 0) + seconds * faster);
      this.#settle(row, level * weight);
    }
    const calm = (seconds * DEFENCE.stepSeconds) / DEFENCE.calmSeconds;
    for (let row = 0; row < this.#table.length; row += 1) {
      if (above[row] === 0 || risen.has(row)) continue;
      above[row] = Math.max(0, (above[row] ?? 0) - calm);
      this.#settle(row, level);
    }
  }

  /** Takes all steps of a row back. */
  lift(row: number): void {
    this.#table.above[row] = 0;
    this.#settle(row, Number.POSITIVE_INFINITY);
  }

  /** Rows above their allowance, and what all others cost together. */
  #split(excused: (row: number) => number): readonly [readonly Above[], number] {
    const table = this.#table;
    const over: Above[] = [];
    let others = 0;
    for (let row = 0; row < table.length; row += 1) {
      if (table.keyAt(row) === 0 && row !== table.rest) continue;
      const cost = table.cost(row) - excused(row);
      const listeners = table.listeners(row);
      // Those who found no place in the table are many: together they may cost as much as a network.
      const allowed = allowanceOf(row === table.rest ? 'network' : this.#scope, listeners);
      if (cost <= allowed) others += Math.max(0, cost);
      else over.push({ row, cost, listeners, ratio: cost / allowed, weight: 1 + Math.log2(1 + listeners) });
    }
    return [over, others];
  }

  #settle(row: number, share: number): void {
    const { above, steps } = this.#table;
    const from = steps[row] ?? 0;
    const seconds = above[row] ?? 0;
    // On the way down a step lasts until all of its seconds have gone: going up and down at once helps nobody.
    const reached = Math.floor(seconds / DEFENCE.stepSeconds);
    const to = reached >= from ? reached : Math.min(from, Math.ceil(seconds / DEFENCE.stepSeconds));
    if (to === from) return;
    steps[row] = to;
    this.#stepped(row, from, to, share);
  }
}
