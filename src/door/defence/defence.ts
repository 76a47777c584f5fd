import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { epochMs, type Ms, ms } from '../../base/time.ts';
import type { FinishedRequest } from '../request/finished-request.ts';
import type { Requester } from '../socket/connection.ts';
import { type ActChange, type DefenceAct, DefenceActs, REST } from './acts.ts';
import { AddressLists, type ListedNetwork } from './address-lists.ts';
import { CostTable } from './cost-table.ts';
import { type DefenceStep, Escalation, type Scope, STEPS } from './escalation.ts';
import { type AskedFor, Exemptions, type ExemptionsDeps, flows } from './exemptions.ts';
import { defenceFigures } from './figures.ts';
import { writtenAs } from './networks.ts';
import { DEFENCE } from './thresholds.ts';
import type { WaitPasses } from './wait-pass.ts';

/** What to do with a request: a step, or `deny` because the operator says so. */
export type DefenceMeasure = DefenceStep | 'deny';

/** What a door may do: `log-only` works everything out and writes it down, and serves everybody. */
export type DefenceMode = 'on' | 'log-only' | 'off';

/** Dependencies of the defence. */
export interface DefenceDeps extends Omit<ExemptionsDeps, 'passes'> {
  readonly clock: Clock;
  readonly log: Log;
  readonly mode: DefenceMode;
  /** An act ends after this long, whatever happens; what still costs too much begins another. */
  readonly expiry: Ms;
  readonly passes: WaitPasses;
  /** True while requests have to wait at this door. */
  strained(): boolean;
  /** See `DEFENCE.capacity`. */
  readonly capacity?: number | undefined;
  /** An act began, changed or ended. */
  acted?(change: ActChange): void;
  /** Rows of the tables, if not as many as usual. */
  readonly rows?: { readonly client: number; readonly prefix: number; readonly network: number };
}

/** Rows of the tables: 2.3 MB in all, however many addresses come. */
const ROWS = { client: 32_768, prefix: 16_384, network: 2_048 } as const;
/** The smallest scope first. */
const SCOPES: readonly Scope[] = ['client', 'prefix', 'network'];
/** A full table is said at most this often, ms. */
const SAY_MS = 10_000;

const keyOf = (scope: Scope, { key, prefixKey, networkKey }: Requester): number =>
  scope === 'client' ? key : scope === 'prefix' ? prefixKey : networkKey;

/**
 * The defence of a door: what each client, prefix and network costs, and what is done while the door is strained about
 * those that cost more than their share. It needs no opinion on whether anybody attacks. Audio that flows, feeds, health
 * checks, hosts and speakers are never touched (`Exemptions`).
 */
export class Defence {
  readonly lists = new AddressLists();
  readonly acts: DefenceActs;
  readonly #deps: DefenceDeps;
  readonly #tables: Readonly<Record<Scope, CostTable>>;
  readonly #steps: Readonly<Record<Scope, Escalation>>;
  readonly #exemptions: Exemptions;
  /** Requests by the step that was taken, or would have been. */
  readonly #counts = new Float64Array(STEPS.length);
  #denied = 0;
  #slowed = 0;
  /** Rows with a step. */
  #acting = 0;
  #turned: number;
  #said = { at: Number.NEGATIVE_INFINITY, overflows: 0, changes: 0 };

  constructor(deps: DefenceDeps) {
    this.#deps = deps;
    const { client, prefix, network } = deps.rows ?? ROWS;
    this.#tables = {
      client: new CostTable(client),
      prefix: new CostTable(prefix),
      network: new CostTable(network),
    };
    const steps = (scope: Scope): Escalation =>
      new Escalation(
        scope,
        this.#tables[scope],
        (row, from, to, share) => this.#stepped(scope, row, from, to, share),
        deps.capacity,
      );
    this.#steps = { client: steps('client'), prefix: steps('prefix'), network: steps('network') };
    this.#exemptions = new Exemptions(deps);
    this.#turned = deps.clock.now();
    this.acts = new DefenceActs((change) => {
      this.#said.changes += 1;
      deps.acted?.(change);
    });
  }

  /** A request is over: it is charged to whoever asked. Runs for every request. */
  readonly charge = ({ requester, cpu, bytes, status, path }: FinishedRequest): void => {
    const { key, prefixKey, networkKey, proxied } = requester;
    if (prefixKey === 0) return;
    const { client, prefix, network } = this.#tables;
    const sound = status === 200 && path.endsWith('.m4s') ? bytes : 0;
    client.charge(client.place(key), cpu, bytes, sound, proxied);
    prefix.charge(prefix.place(prefixKey), cpu, bytes, sound, proxied);
    network.charge(network.place(networkKey), cpu, bytes, sound, proxied);
  };

  /** A connection on which somebody asks for something opened (1) or closed (−1). */
  slot(requester: Requester, change: 1 | -1): void {
    if (requester.prefixKey === 0) return;
    this.#count('slot', requester, change);
  }

  /** A stream of somebody began (1) or ended (−1). */
  stream(requester: Requester, change: 1 | -1): void {
    if (requester.prefixKey === 0) return;
    this.#count('stream', requester, change);
  }

  /** What is counted for somebody at `rest` and has to be taken from there; few have any. */
  readonly #shared = new WeakMap<Requester, string[]>();

  #count(what: 'slot' | 'stream', requester: Requester, change: 1 | -1): void {
    const shared = this.#shared.get(requester);
    const left = shared ?? [];
    for (const scope of SCOPES) {
      const name = `${what} ${scope}`;
      const at = change < 0 && shared ? shared.indexOf(name) : -1;
      const rest = this.#tables[scope][what](keyOf(scope, requester), change, at >= 0);
      if (at >= 0) left.splice(at, 1);
      else if (rest) left.push(name);
    }
    if (!shared && left.length > 0) this.#shared.set(requester, left);
  }

  /** True for an address on the operator's deny list; its connections are closed at once. */
  denies(address: string): boolean {
    if (this.lists.empty || this.lists.of(address) !== 'deny') return false;
    this.#denied += 1;
    return true;
  }

  /** What to do with a request, before any other work is done for it. */
  measure(requester: Requester, asked: () => AskedFor): DefenceMeasure {
    if (this.#acting === 0 && this.lists.empty) return 'serve';
    const listed = this.lists.empty ? undefined : this.lists.ofClient(requester.key, requester.address);
    if (listed === 'allow') return 'serve';
    if (listed === 'deny') {
      this.#denied += 1;
      return 'deny';
    }
    const reached = this.#reached(requester);
    if (reached === 0) return 'serve';
    const facts = asked();
    const { prefix } = this.#tables;
    const listeners = prefix.listeners(prefix.find(requester.prefixKey));
    if (this.#exemptions.frees(requester, facts, listeners)) return 'serve';
    const step = this.#fitting(reached, requester, facts);
    this.#counts[STEPS.indexOf(step)] = (this.#counts[STEPS.indexOf(step)] ?? 0) + 1;
    return this.#deps.mode === 'on' ? step : 'serve';
  }

  /** Runs something after the pause of slower service; at most `slowMost` wait at one time. */
  later(run: () => void): void {
    this.#slowed += 1;
    this.#deps.clock.after(ms(DEFENCE.slowMs), () => {
      this.#slowed -= 1;
      run();
    });
  }

  /** A pass for somebody who is asked to wait. */
  pass({ network }: Requester): string {
    return this.#deps.passes.give(network.prefix ?? '');
  }

  /**
   * Takes back all that is done about an address or network, or about all who share a row of a full table; returns how
   * many acts that were.
   */
  lift(what: ListedNetwork | typeof REST): number {
    if (what === REST) return SCOPES.reduce((sum, scope) => sum + this.#liftRest(scope), 0);
    const { address, bits, family } = what;
    const list = new AddressLists();
    list.set([{ address, bits, family }], []);
    let lifted = 0;
    for (const { scope, key, act } of this.acts.keys()) {
      if (act.who === REST || list.of(act.who.replace(/\/.*$/, '')) !== 'allow') continue;
      this.acts.end(scope, key, 'lifted');
      this.#steps[scope].lift(this.#tables[scope].find(key));
      lifted += 1;
    }
    // A lift of everything is one of those who share a row, and of what is not listed, as well.
    if (bits === 0)
      for (const scope of SCOPES) {
        lifted += this.#liftRest(scope);
        for (const row of [...this.#ends[scope].keys()]) {
          this.#steps[scope].lift(row);
          lifted += 1;
        }
      }
    return lifted;
  }

  #liftRest(scope: Scope): number {
    const { rest, steps } = this.#tables[scope];
    if (steps[rest] === 0) return 0;
    this.acts.end(scope, 0, 'lifted');
    this.#steps[scope].lift(rest);
    return 1;
  }

  /** About once a second: costs fade, and steps are taken and taken back. */
  turn(): void {
    const { clock, mode } = this.#deps;
    const now = clock.now();
    const seconds = Math.max(0.001, (now - this.#turned) / 1_000);
    this.#turned = now;
    for (const scope of SCOPES) this.#tables[scope].turn(seconds);
    this.#exemptions.turn(seconds);
    if (mode === 'off') return;
    const strained = this.#deps.strained();
    this.#steps.client.turn(seconds, strained);
    this.#steps.prefix.turn(seconds, strained, this.#answeredFor('prefix'));
    this.#steps.network.turn(seconds, strained, this.#answeredFor('network'));
    this.#expire();
    this.#say(now);
  }

  /** Prometheus text, `earshot_door_defence_…`. */
  metrics(): string {
    return defenceFigures({
      ...{ mode: this.#deps.mode, acts: this.acts, tables: this.#tables },
      ...{ counts: this.#counts, denied: this.#denied },
    });
  }

  /** The furthest step that was taken against somebody. */
  #reached(requester: Requester): number {
    if (this.#acting === 0 || requester.prefixKey === 0) return 0;
    let most = 0;
    for (const scope of SCOPES) {
      const table = this.#tables[scope];
      const key = keyOf(scope, requester);
      const row = table.find(key);
      const step = table.steps[row] ?? 0;
      if (step !== 0 && row !== table.rest) this.#name(scope, key, row, requester);
      most = Math.max(most, step);
      // Whoever listens is not mistaken for the others of their prefix.
      if (scope === 'client' && row !== table.rest && table.listeners(row) >= DEFENCE.somebody) return most;
    }
    return most;
  }

  /** The step that fits what is asked for. */
  #fitting(reached: number, { key }: Requester, { address }: AskedFor): DefenceStep {
    const step = STEPS[reached] ?? 'refuse';
    // Sound that flows carries no signature: it may come late, and goes on.
    if (address !== undefined && flows(address)) return step === 'defer' ? step : this.#slowOr('defer');
    if (step === 'wait') {
      // The files of a page that was let in: without them it would be let in for nothing.
      if (address?.urgency === 'furniture') return this.#slowOr('wait');
      if (address?.urgency === 'hearing' && this.#exemptions.paced(key ^ 1, DEFENCE.joinRate))
        return this.#slowOr('wait');
    }
    return step === 'slow' ? this.#slowOr('wait') : step;
  }

  #slowOr(otherwise: DefenceStep): DefenceStep {
    return this.#slowed < DEFENCE.slowMost ? 'slow' : otherwise;
  }

  /** What clients, or prefixes, of a row cost about which something is done already. */
  #answeredFor(scope: 'prefix' | 'network'): (row: number) => number {
    const table = this.#tables[scope];
    const sums = new Map<number, number>();
    for (const { scope: of, key, act } of this.acts.keys()) {
      if (of !== 'client' && !(scope === 'network' && of === 'prefix')) continue;
      const above = this.#parents.get(`${of} ${key}`)?.[scope];
      const parent = this.#parents.get(`client ${key}`)?.prefix ?? 0;
      // Its prefix answers for it already.
      if (scope === 'network' && of === 'client' && this.acts.of('prefix', parent)) continue;
      if (above === undefined || act.step === 'serve') continue;
      const cost = this.#tables[of].cost(this.#tables[of].find(key));
      const row = table.find(above);
      sums.set(row, (sums.get(row) ?? 0) + cost);
    }
    return (row) => sums.get(row) ?? 0;
  }

  /** The prefix and network of each client and prefix with an act. */
  readonly #parents = new Map<string, { readonly prefix: number; readonly network: number }>();

  /** The first request since a step was taken: now it is known whom it concerns. */
  #name(scope: Scope, key: number, row: number, requester: Requester): void {
    if (this.acts.of(scope, key)) return;
    const { clock } = this.#deps;
    const since = clock.wall();
    const end = this.#ends[scope].get(row) ?? clock.now() + this.#deps.expiry;
    const until = epochMs(since + end - clock.now());
    const who = writtenAs(scope, requester);
    if (!this.acts.set(scope, key, this.#act(scope, row, { who, since, until }))) return;
    this.#parents.set(`${scope} ${key}`, { prefix: requester.prefixKey, network: requester.networkKey });
  }

  #act(
    scope: Scope,
    row: number,
    known: Pick<DefenceAct, 'who' | 'since' | 'until'>,
    share?: number,
  ): DefenceAct {
    const table = this.#tables[scope];
    const cost = table.rates(row);
    const spent = `${(cost.cost / 1_000).toFixed(1)} ms of a core per second`;
    const reason = `costs ${spent} with ${Math.round(cost.listeners)} listeners, while the door was strained`;
    const fair = share === undefined || !Number.isFinite(share) ? {} : { share };
    const mode = this.#deps.mode === 'on' ? 'on' : 'log-only';
    return { ...known, ...fair, scope, mode, reason, cost, step: STEPS[table.steps[row] ?? 0] ?? 'refuse' };
  }

  #stepped(scope: Scope, row: number, from: number, to: number, share: number): void {
    if (from === 0) {
      this.#acting += 1;
      this.#ends[scope].set(row, this.#deps.clock.now() + this.#deps.expiry);
    }
    if (to === 0) {
      this.#acting -= 1;
      this.#ends[scope].delete(row);
    }
    const key = this.#tables[scope].keyAt(row);
    const known = this.acts.of(scope, key) ?? (row === this.#tables[scope].rest ? this.#ofRest() : undefined);
    if (!known) return;
    if (to !== 0)
      return void this.acts.set(scope, key, this.#act(scope, row, known, to > from ? share : undefined));
    this.acts.end(scope, key, 'over');
    this.#parents.delete(`${scope} ${key}`);
  }

  /** Nobody asks as the row that many share, so its first act has its name at once. */
  #ofRest(): Pick<DefenceAct, 'who' | 'since' | 'until'> {
    const since = this.#deps.clock.wall();
    return { who: REST, since, until: epochMs(since + this.#deps.expiry) };
  }

  /** When the step of each row ends at the latest, by the monotonic clock; the first to end first. */
  readonly #ends: Readonly<Record<Scope, Map<number, number>>> = {
    ...{ client: new Map(), prefix: new Map(), network: new Map() },
  };

  /** Ends acts that have lasted long enough: whoever still costs too much begins anew. */
  #expire(): void {
    const now = this.#deps.clock.now();
    for (const scope of SCOPES)
      for (const [row, end] of this.#ends[scope]) {
        if (now < end) break;
        this.#steps[scope].lift(row);
      }
  }

  #say(now: number): void {
    if (now - this.#said.at < SAY_MS) return;
    const overflows = SCOPES.reduce((sum, scope) => sum + this.#tables[scope].overflows, 0);
    const { log, mode } = this.#deps;
    if (overflows > this.#said.overflows)
      log.warn(
        { times: overflows - this.#said.overflows },
        'a table of what clients cost is full of expensive ones: newcomers share one limit until some of those are gone',
      );
    if (this.#said.changes > 0)
      log.info(
        { acts: this.acts.size, changes: this.#said.changes, mode },
        mode === 'on'
          ? 'some clients cost more than their share of a strained door and are put off or asked to wait; listeners are not affected: `earshot defence list` names them'
          : 'some clients cost more than their share of a strained door; nothing is done about it, because of defence=log-only: `earshot defence list` names them',
      );
    else if (overflows === this.#said.overflows) return;
    this.#said = { at: now, overflows, changes: 0 };
  }
}
