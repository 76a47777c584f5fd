import { type ChildProcess, fork } from 'node:child_process';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type Ms, ms } from '../base/time.ts';

/** One process to keep alive. */
export interface ChildSpec {
  /** `door-0`, `cell-1`, `site`: what logs and status call it. */
  readonly name: string;
  readonly args: readonly string[];
  /** How long an orderly stop may take before SIGKILL. */
  readonly grace: Ms;
}

/** What the supervisor says to a child. */
export type Order = { readonly order: 'stop' } | { readonly order: 'ping'; readonly n: number };
/** What a child says to the supervisor. */
export type Notice = { readonly notice: 'ready' } | { readonly notice: 'pong'; readonly n: number };

/** What a supervised child needs from its surroundings. */
export interface ChildDeps {
  readonly entry: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when it becomes ready, and again after each restart. */
  ready(name: string): void;
}

const FIRST_BACKOFF = 250;
const LAST_BACKOFF = 10_000;
/** Alive this long, a child's next crash starts the back-off anew. */
const STEADY = 30_000;
const PING_PERIOD = ms(1000);
/** A child that answers no ping for this long is in an endless loop: killed and restarted. */
const SILENCE_LIMIT = 10_000;
/** A child that is not ready after this long hangs while it opens: killed and started again. */
const START_LIMIT = 60_000;

/** Keeps one process running: restarts it with back-off, kills it when it hangs, stops it in order. */
export class Child {
  readonly #spec: ChildSpec;
  readonly #deps: ChildDeps;
  #process: ChildProcess | undefined;
  #stopping = false;
  #backoff = FIRST_BACKOFF;
  #startedAt = 0;
  #heardAt = 0;
  #pings: Disposable | undefined;
  #retry: Disposable | undefined;
  /** How often it had to be started again. */
  restarts = 0;
  isReady = false;

  constructor(spec: ChildSpec, deps: ChildDeps) {
    this.#spec = spec;
    this.#deps = deps;
  }

  get name(): string {
    return this.#spec.name;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(): void {
    const { clock, log, entry } = this.#deps;
    const child = fork(entry, [...this.#spec.args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process = child;
    this.#startedAt = this.#heardAt = clock.now();
    child.on('message', (message) => this.#hear(message as Notice));
    child.on('error', (error) => {
      log.error({ child: this.name, error: error.message }, 'could not be started');
      // A process that never began (no memory, too many processes) does not end either.
      if (child.pid === undefined) this.#ended(null, null);
    });
    child.on('exit', (code, signal) => this.#ended(code, signal));
    this.#pings = clock.every(PING_PERIOD, () => this.#ping());
  }

  /** Asks for an orderly end and waits for it; SIGKILL after the grace time. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#retry?.[Symbol.dispose]();
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    if (child.connected) child.send({ order: 'stop' } satisfies Order, () => undefined);
    else child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), this.#spec.grace);
    await ended;
    clearTimeout(killer);
  }

  #hear(message: Notice): void {
    this.#heardAt = this.#deps.clock.now();
    if (message.notice === 'ready') {
      this.isReady = true;
      this.#deps.ready(this.name);
    }
  }

  #ping(): void {
    const now = this.#deps.clock.now();
    const child = this.#process;
    if (!child?.connected) return;
    if (now - this.#heardAt > (this.isReady ? SILENCE_LIMIT : START_LIMIT)) {
      this.#deps.log.error(
        { child: this.name, silentMs: Math.round(now - this.#heardAt) },
        'hangs; killing it',
      );
      child.kill('SIGKILL');
      return;
    }
    child.send({ order: 'ping', n: now } satisfies Order, () => undefined);
  }

  #ended(code: number | null, signal: string | null): void {
    const { clock, log } = this.#deps;
    this.#pings?.[Symbol.dispose]();
    this.isReady = false;
    this.#process = undefined;
    if (this.#stopping) return;
    if (clock.now() - this.#startedAt > STEADY) this.#backoff = FIRST_BACKOFF;
    log.warn(
      { child: this.name, code, signal, retryMs: this.#backoff },
      'ended unexpectedly; starting it again',
    );
    this.restarts += 1;
    this.#retry = clock.after(ms(this.#backoff), () => this.start());
    this.#backoff = Math.min(LAST_BACKOFF, this.#backoff * 2);
  }
}
