import type { EpochMs } from '../../base/time.ts';
import type { CostRates } from './cost-table.ts';
import type { DefenceStep, Scope } from './escalation.ts';
import { DEFENCE } from './thresholds.ts';

/** Who an act of a table's shared row is about: all who found no place in it. */
export const REST = 'rest';

/** What is being done about a client, a prefix or a network, and why. */
export interface DefenceAct {
  readonly scope: Scope;
  /** The address of a client, the network of the others: `192.0.2.7`, `192.0.2.0/24`, `2001:db8:1::/48`; or `REST`. */
  readonly who: string;
  readonly step: DefenceStep;
  /** `log-only`: it is only written down. */
  readonly mode: 'on' | 'log-only';
  /** Why, in words. */
  readonly reason: string;
  /** When the step was taken that holds now. */
  readonly cost: CostRates;
  /** Its max-min share of that moment, µs of a core per second; absent where it went down a step. */
  readonly share?: number;
  /** Wall-clock ms. */
  readonly since: EpochMs;
  /** When it ends at the latest, if nothing is added. */
  readonly until: EpochMs;
}

/** What happened to an act, as it is written down. */
export interface ActChange extends DefenceAct {
  readonly change: 'begun' | 'changed' | 'over' | 'lifted';
}

/** The acts that hold now, each by its scope and key. */
export class DefenceActs {
  /** Acts that were applied and are not listed, because there were too many. */
  unlisted = 0;
  readonly #acts = new Map<string, DefenceAct>();
  readonly #changed: (change: ActChange) => void;

  constructor(changed: (change: ActChange) => void) {
    this.#changed = changed;
  }

  /** Acts now. */
  get size(): number {
    return this.#acts.size;
  }

  /** The acts that hold now. */
  all(): readonly DefenceAct[] {
    return [...this.#acts.values()];
  }

  /** The act about a key. */
  of(scope: Scope, key: number): DefenceAct | undefined {
    return this.#acts.get(`${scope} ${key}`);
  }

  /** A step was taken: an act begins, or is another from now on. False when there are too many to list it. */
  set(scope: Scope, key: number, act: DefenceAct): boolean {
    const id = `${scope} ${key}`;
    const known = this.#acts.has(id);
    if (!known && this.#acts.size >= DEFENCE.mostActs) {
      this.unlisted += 1;
      return false;
    }
    this.#acts.set(id, act);
    this.#changed({ ...act, change: known ? 'changed' : 'begun' });
    return true;
  }

  /** An act is over, by itself or because somebody lifted it. */
  end(scope: Scope, key: number, change: 'over' | 'lifted'): void {
    const id = `${scope} ${key}`;
    const act = this.#acts.get(id);
    if (!act) return;
    this.#acts.delete(id);
    this.#changed({ ...act, change });
  }

  /** The scopes and keys of all acts, for those who look for some of them. */
  keys(): readonly { readonly scope: Scope; readonly key: number; readonly act: DefenceAct }[] {
    return [...this.#acts].map(([id, act]) => ({ scope: act.scope, key: Number(id.split(' ')[1]), act }));
  }
}
