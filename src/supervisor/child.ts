import { type ChildProcess, fork } from 'node:child_process';
import type { Clock } from '../base/clock.ts';
import type { Check, Readiness } from '../base/health.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import type { TicketOrder } from '../keys/ticket-keys.ts';
import type {
  ChildNotice,
  ChildOrder,
  ChildSpec,
  ChildState,
  EndReason,
  ProcessEvent,
} from './child-spec.ts';
import { MemoryWatch, residentMemory } from './memory-watch.ts';
import { relay } from './relay.ts';
import { isStarving, type RunTimes, runTimes } from './starving.ts';

/** What a supervised child needs from its surroundings. */
export interface ChildDeps {
  readonly entry: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The keys of TLS session tickets, for doors that ask. */
  tickets?(): TicketOrder;
  /** Called when it becomes ready, and again after each restart. */
  ready(name: string): void;
  /** Called when it has ended, whether asked to or not. */
  ended?(name: string): void;
  /** StepJournal what happened; must not wait. Default: it is only logged. */
  record?(happened: ProcessEvent): void;
  /** The readiness told to children that serve; asked for with each ping. */
  readiness?(): Readiness;
  /** Receives what it writes, line by line; default: this process's own output. */
  output?(text: string): void;
}

/**
 * Pause before the first restart: a missing door is noticed at once, and one that worked will probably work again.
 */
const FIRST_BACKOFF = 50;
/** Pause before the second restart in a row; doubled from then on. */
const SECOND_BACKOFF = 250;
const LAST_BACKOFF = 10_000;
/** When a child has run this long, its next crash starts the back-off anew. */
const STEADY = 30_000;
const PING_PERIOD = ms(1000);
/** Memory is looked at so often; a process can fill a gigabyte in a second. */
const MEMORY_PERIOD = ms(500);
/**
 * A child that leaves this many pings unanswered is in an endless loop: it is killed and restarted, within 10 s in
 * all.
 */
const SILENT_PINGS = 6;
/** One that got no processor meanwhile is spared until then. */
const STARVING_PINGS = 45;
/** A child that is not ready after this many pings hangs while it opens: it is killed and started again. */
const START_PINGS = 60;
/** With this many pings unanswered it no longer counts as well. */
const LATE_PINGS = 3;
/** A child that ended this often within a minute does not count as well, even while it is running. */
const OFTEN = 3;
const OFTEN_WITHIN = 60_000;
/** Metrics that a child has not sent by then are left out. */
const METRICS_PATIENCE = ms(1000);

/** Keeps one process running: restarts it with back-off, kills it when it hangs, stops it in order. */
export class Child {
  readonly #spec: ChildSpec;
  readonly #deps: ChildDeps;
  #process: ChildProcess | undefined;
  #stopping = false;
  #backoff = FIRST_BACKOFF;
  #startedAt = 0;
  /**
   * Pings since it was last heard from. They are counted, not timed: a machine that stood still for a minute has sent
   * none, and the supervisor must not kill everyone when it wakes up.
   */
  #unanswered = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** When the first of them was sent, and how long the child had run by then. */
  #silence: { readonly at: number; readonly times: RunTimes | undefined } | undefined;
  /** True once it was logged that it is starving. */
  #starves = false;
  #pings: Disposable | undefined;
  #retry: Disposable | undefined;
  #asked = 0;
  /** Since when it has been away after a death. */
  #diedAt: number | undefined;
  #why: EndReason | undefined;
  #memory: Disposable | undefined;
  readonly #asking = new Map<number, (text: string | undefined) => void>();
  /** When it ended lately. */
  #ends: number[] = [];
  #checks: readonly Check[] = [];
  /** How often it was restarted. */
  restarts = 0;
  isReady = false;
  #awake = false;
  /** True once it has asked for the keys of session tickets. */
  #ticketed = false;

  constructor(spec: ChildSpec, deps: ChildDeps) {
    this.#spec = spec;
    this.#deps = deps;
  }

  get name(): string {
    return this.#spec.name;
  }

  get serves(): boolean {
    return this.#spec.serves === true;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get role(): string {
    return this.#spec.name.replace(/-\d+$/, '');
  }

  get state(): ChildState {
    const { name, pid, restarts, isReady: ready, asleep } = this;
    return { name, pid, restarts, ready, asleep, startedAt: this.#startedAt, memory: this.#spec.memory };
  }

  /** True while nobody wants it to run. */
  get asleep(): boolean {
    return this.#spec.wanted !== undefined && this.#process === undefined && !this.#awake;
  }

  /** Starts or stops it, if it runs only at times. */
  look(): void {
    const wanted = this.#spec.wanted?.();
    if (wanted === undefined || wanted === this.#awake) return;
    this.#awake = wanted;
    if (!wanted) void this.stop();
    // One that is still stopping is started at the next look.
    else if (this.#process) this.#awake = false;
    else this.start();
  }

  /** Its own state, and that of the parts it reports. */
  checks(): Check[] {
    if (this.asleep) return [];
    const { name } = this.#spec;
    const { tells = [] } = this.#spec;
    const ends = this.#ends.filter((at) => at > this.#deps.clock.now() - OFTEN_WITHIN).length;
    const says =
      ends >= OFTEN
        ? `ended ${ends} times within a minute and is restarted each time`
        : !this.isReady
          ? this.restarts > 0
            ? 'ended and is being restarted'
            : 'is starting'
          : this.#unanswered >= LATE_PINGS
            ? 'does not answer'
            : undefined;
    const own: Check = says === undefined ? { part: name, ok: true } : { part: name, ok: false, says };
    if (!this.isReady)
      return [own, ...tells.map((part) => ({ part, ok: false, says: `unknown while ${name} is away` }))];
    return [own, ...this.#checks];
  }

  /** Its metrics as Prometheus text; undefined when it does not answer within a second. */
  metrics(): Promise<string | undefined> {
    const child = this.#process;
    if (!child?.connected || !this.isReady) return Promise.resolve(undefined);
    this.#asked += 1;
    const n = this.#asked;
    return new Promise((resolve) => {
      const timer = this.#deps.clock.after(METRICS_PATIENCE, () => this.#answered(n, undefined));
      this.#asking.set(n, (text) => {
        timer[Symbol.dispose]();
        resolve(text);
      });
      child.send({ order: 'metrics', n } satisfies ChildOrder, () => undefined);
    });
  }

  /** Tells a child that serves the state of the installation at once, without waiting for the next ping. */
  tell(ready: Readiness): void {
    if (this.serves && this.isReady && this.#process?.connected)
      this.#process.send({ order: 'readiness', ready } satisfies ChildOrder, () => undefined);
  }

  #answered(n: number, text: string | undefined): void {
    this.#asking.get(n)?.(text);
    this.#asking.delete(n);
  }

  start(): void {
    this.#stopping = false;
    const { clock, log, entry } = this.#deps;
    const { args, heap, config, env } = this.#spec;
    this.#startedAt = clock.now();
    this.#unanswered = 0;
    let child: ChildProcess;
    try {
      child = fork(entry, [...args], {
        // Read here, so that a child never waits for whoever reads the log, and one process alone writes it.
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        execArgv:
          heap === undefined ? process.execArgv : [...process.execArgv, `--max-old-space-size=${heap}`],
        ...(env === undefined ? {} : { env }),
      });
    } catch (error) {
      // Some failures of the system are thrown and not told, no memory among them: the others must outlive it.
      log.error(
        { child: this.name, error: String(error) },
        'an Earshot process could not be started; trying again',
      );
      this.#why = 'not-started';
      return void this.#ended(null, null);
    }
    this.#process = child;
    for (const stream of [child.stdout, child.stderr])
      if (stream) relay(stream, { clock, process: this.name, output: this.#deps.output });
    child.on('message', (message) => this.#hear(message as ChildNotice));
    child.on('error', (error) => {
      log.error(
        { child: this.name, error: error.message },
        'an Earshot process could not be started; trying again',
      );
      // A process that never began (no memory, too many processes) does not end either.
      if (child.pid !== undefined) return;
      this.#why = 'not-started';
      this.#ended(null, null);
    });
    child.on('exit', (code, signal) => {
      // What it said before it gave up may still be on its way.
      if (signal === 'SIGABRT') setImmediate(() => this.#ended(code, signal));
      else this.#ended(code, signal);
    });
    if (config) child.send({ order: 'config', config } satisfies ChildOrder, () => undefined);
    this.#pings = clock.every(PING_PERIOD, () => this.#ping());
    this.#watchMemory(child);
  }

  /** Ends it when it holds more memory than its limit, in JavaScript or outside of it. */
  #watchMemory(child: ChildProcess): void {
    const { memory } = this.#spec;
    const { clock, log } = this.#deps;
    // V8 says so before it gives up, and ends the process.
    child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.includes('JavaScript heap out of memory')) this.#why = 'memory';
    });
    if (memory === undefined) return;
    const watch = new MemoryWatch(memory);
    this.#memory = clock.every(MEMORY_PERIOD, () => {
      const held = child.pid === undefined ? undefined : residentMemory(child.pid);
      const finding = watch.look(held);
      const megabytes = {
        child: this.name,
        megabytes: Math.round((held ?? 0) / 1e6),
        limit: Math.round(memory / 1e6),
      };
      if (finding === 'warn')
        log.warn(megabytes, 'an Earshot process will soon hold more memory than its limit');
      if (finding !== 'end') return;
      log.error(megabytes, 'an Earshot process holds more memory than its limit: ending and restarting it');
      this.#why = 'memory';
      child.kill('SIGKILL');
    });
  }

  /** Asks it to stop in order and waits; SIGKILL after the grace time. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#retry?.[Symbol.dispose]();
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    if (child.connected) child.send({ order: 'stop' } satisfies ChildOrder, () => undefined);
    else child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), this.#spec.grace);
    await ended;
    clearTimeout(killer);
  }

  /** Sends the keys of session tickets, if it has asked for them. */
  tellTickets(): void {
    const order = this.#ticketed ? this.#deps.tickets?.() : undefined;
    if (order && this.#process?.connected) this.#process.send(order, () => undefined);
  }

  #hear(message: ChildNotice): void {
    this.#unanswered = 0;
    this.#starves = false;
    if (message.notice === 'tickets') {
      this.#ticketed = true;
      this.tellTickets();
    } else if (message.notice === 'ready') {
      this.isReady = true;
      this.#recordReturn();
      this.#deps.ready(this.name);
    } else if (message.notice === 'pong') this.#checks = message.checks ?? [];
    else this.#answered(message.n, message.text);
  }

  #ping(): void {
    const now = this.#deps.clock.now();
    const child = this.#process;
    if (!child?.connected) return;
    if (this.#unanswered >= (this.isReady ? SILENT_PINGS : START_PINGS) && !this.#isSpared(child, now)) {
      this.#deps.log.error(
        { child: this.name, unanswered: this.#unanswered },
        'an Earshot process hangs: killing and restarting it',
      );
      this.#why = 'hung';
      child.kill('SIGKILL');
      return;
    }
    // Pings that fell due while we slept are one.
    if (now - this.#askedAt >= PING_PERIOD / 2) this.#unanswered += 1;
    if (this.#unanswered === 1 && child.pid !== undefined)
      this.#silence = { at: now, times: runTimes(child.pid) };
    this.#askedAt = now;
    const ready = this.serves ? this.#deps.readiness?.() : undefined;
    child.send({ order: 'ping', n: now, ...(ready && { ready }) } satisfies ChildOrder, () => undefined);
  }

  /** It says nothing because it gets no processor: that is no reason to kill it. */
  #isSpared({ pid }: ChildProcess, now: number): boolean {
    const silence = this.#silence;
    if (pid === undefined || !silence || this.#unanswered >= STARVING_PINGS) return false;
    if (!isStarving(silence.times, runTimes(pid), now - silence.at)) return false;
    if (!this.#starves)
      this.#deps.log.warn(
        { child: this.name, unanswered: this.#unanswered },
        'an Earshot process does not answer because the machine gives it no processor time: it is left alone for now',
      );
    this.#starves = true;
    return true;
  }

  #recordReturn(): void {
    const { clock, record } = this.#deps;
    if (this.#diedAt === undefined) return;
    const away = Math.round(clock.now() - this.#diedAt) / 1000;
    this.#diedAt = undefined;
    record?.({
      ...{ event: 'restarted', process: this.name, restarts: this.restarts, seconds: away },
      ...(this.pid === undefined ? {} : { pid: this.pid }),
    });
  }

  #ended(code: number | null, signal: string | null): void {
    const { clock, log } = this.#deps;
    const { pid } = this;
    const why = this.#why;
    this.#why = undefined;
    this.#pings?.[Symbol.dispose]();
    this.#memory?.[Symbol.dispose]();
    const wasReady = this.isReady;
    this.isReady = false;
    this.#ticketed = false;
    this.#process = undefined;
    this.#checks = [];
    for (const n of [...this.#asking.keys()]) this.#answered(n, undefined);
    this.#deps.ended?.(this.name);
    if (this.#stopping) return;
    if (clock.now() - this.#startedAt > STEADY) this.#backoff = FIRST_BACKOFF;
    const room = why === 'not-started' ? undefined : this.#spec.room?.();
    const known = { ...(why === undefined ? {} : { why }), ...(room === undefined ? {} : { room }) };
    log.warn(
      { child: this.name, code, signal, retryMs: this.#backoff, ...known },
      'an Earshot process ended unexpectedly; restarting it',
    );
    this.#deps.record?.({
      ...{ event: 'died', process: this.name, code, signal, retryMs: this.#backoff },
      seconds: Math.round(clock.now() - this.#startedAt) / 1000,
      ...(pid === undefined ? {} : { pid }),
      ...known,
      ...(wasReady ? {} : { unready: true }),
    });
    this.#diedAt ??= clock.now();
    this.restarts += 1;
    this.#ends = [...this.#ends, clock.now()].slice(-16);
    this.#retry = clock.after(ms(this.#backoff), () => this.start());
    this.#backoff = Math.min(LAST_BACKOFF, Math.max(SECOND_BACKOFF, this.#backoff * 2));
  }
}
