import { Session } from 'node:inspector';
import { type Trace, trace } from './instrument.ts';
import { Mutation, randomFrom } from './mutation.ts';
import { type FuzzTarget, MOST_BYTES, PATIENCE_MS } from './target.ts';

/** One fault, with an input that shows it. */
export interface Find {
  /** `memory` has no input of its own: it is about all of them. */
  readonly what: 'error' | 'slow' | 'hang' | 'rejection' | 'prototype' | 'memory';
  readonly text: string;
  readonly input: Uint8Array;
}

/** The outcome of a search. */
export interface Outcome {
  readonly inputs: number;
  readonly seconds: number;
  /** Branches of the covered files: taken at least once, and all. */
  readonly reached: number;
  readonly branches: number;
  /** Inputs that took a new branch, or one a new number of times. */
  readonly interesting: number;
  /** The heap after a quarter of the run and at its end, bytes, without the inputs that were kept. */
  readonly heap: { readonly before: number; readonly after: number };
  readonly finds: readonly Find[];
}

/** How long a search goes on: whichever comes first. */
export interface Until {
  readonly runs: number;
  readonly seconds: number;
}

/** A search stops after so many different finds, or after one that costs time each time. */
const MOST_FINDS = 8;
/** Inputs between two looks at what happens later than the input itself. */
const BATCH = 64;
/** A heap that grows by more than this over three quarters of a run is a find. */
const MOST_GROWTH = 12_000_000;
/** Fewer inputs say nothing about growth. */
const LEAST_FOR_GROWTH = 50_000;

/** Lines of a stack that a find shows. */
const STACK_LINES = 20;

/** Says which input is being read, for somebody who watches from outside. */
export type Announce = (input: Uint8Array) => void;

/** A class of counts: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more; each a bit. */
const CLASS = Uint8Array.from({ length: 256 }, (_, n) =>
  n < 4 ? (n === 0 ? 0 : 1 << (n - 1)) : n < 8 ? 8 : n < 16 ? 16 : n < 32 ? 32 : n < 128 ? 64 : 128,
);

/** Coverage-guided search for inputs that a target does not bear. */
export class Search {
  readonly #target: FuzzTarget;
  readonly #trace: Trace;
  readonly #announce: Announce;
  readonly #seen: Uint8Array;
  readonly #corpus: Buffer[] = [];
  readonly #finds = new Map<string, Find>();
  #kept = 0;
  #inputs = 0;
  #slow = false;
  /** Faults that came after the input that caused them. */
  #late: unknown[] = [];

  constructor(target: FuzzTarget, traced: Trace, announce: Announce) {
    this.#target = target;
    this.#trace = traced;
    this.#announce = announce;
    this.#seen = new Uint8Array(traced.counters.length);
    process.on('unhandledRejection', (error) => this.#late.push(error));
    process.on('uncaughtException', (error) => this.#late.push(error));
  }

  /** The inputs that took new branches. */
  get corpus(): readonly Buffer[] {
    return this.#corpus;
  }

  /** Reads `first` as they are, and then mutations until the end. */
  async run(first: readonly Uint8Array[], seed: number, until: Until): Promise<Outcome> {
    const below = randomFrom(seed);
    const { mostBytes = MOST_BYTES, words = [] } = this.#target;
    const mutation = new Mutation(below, this.#trace, words, mostBytes);
    Error.stackTraceLimit = 0;
    const began = performance.now();
    const spent = (): number => (performance.now() - began) / 1000;
    let quarter: number | undefined;
    const pick = (): Buffer => {
      const size = this.#corpus.length;
      const at = below(3) ? below(size) : size - 1 - below(Math.ceil(size / 4));
      return this.#corpus[at] as Buffer;
    };
    const begin = first.map((input) => Buffer.from(input).subarray(0, mostBytes));
    if (begin.length === 0) begin.push(Buffer.alloc(0));
    this.#corpus.push(...begin);
    let batch: Buffer[] = [];
    for (;;) {
      const start = begin[this.#inputs];
      const input = start ?? Buffer.from(mutation.of(pick(), pick));
      batch.push(input);
      await this.#read(input);
      if (this.#finds.size >= MOST_FINDS || this.#slow) break;
      if (batch.length < BATCH && this.#inputs < until.runs) continue;
      await this.#later(batch);
      batch = [];
      const time = spent();
      if (this.#inputs >= until.runs || time >= until.seconds) break;
      if (quarter === undefined && (this.#inputs >= until.runs / 4 || time >= until.seconds / 4))
        quarter = this.#heap();
    }
    const seconds = spent();
    const after = this.#heap();
    const heap = { before: quarter ?? after, after };
    const growth = heap.after - heap.before;
    if (growth > MOST_GROWTH && this.#inputs >= LEAST_FOR_GROWTH)
      this.#find('memory', new Error(`the heap grew by ${Math.round(growth / 1e6)} MB`), Buffer.alloc(0));
    const branches = this.#trace.used();
    return {
      ...{ inputs: this.#inputs, seconds, branches, heap, interesting: this.#corpus.length },
      reached: this.#seen.subarray(0, branches).reduce((sum, each) => sum + (each ? 1 : 0), 0),
      finds: [...this.#finds.values()],
    };
  }

  /** The branches that an input takes. */
  async branchesOf(input: Buffer): Promise<number[]> {
    this.#trace.counters.fill(0);
    await this.#attempt(input);
    const taken: number[] = [];
    for (let i = 0; i < this.#trace.used(); i += 1) if (this.#trace.counters[i]) taken.push(i);
    return taken;
  }

  async #read(input: Buffer): Promise<void> {
    this.#inputs += 1;
    const { counters } = this.#trace;
    counters.fill(0, 0, this.#trace.used());
    const took = await this.#attempt(input);
    this.#look(input);
    if (took <= (this.#target.patienceMs ?? PATIENCE_MS)) return;
    // A machine that stood still is told from a slow parser by trying again, and by the work of this thread alone.
    const again = Math.min(await this.#work(input), await this.#work(input));
    const limit = this.#target.patienceMs ?? PATIENCE_MS;
    if (again <= limit) return;
    this.#slow = true;
    this.#find('slow', new Error(`took ${Math.round(again)} ms, more than ${limit}`), input);
  }

  /** Keeps an input that takes a new branch, or one a new number of times. */
  #look(input: Buffer): void {
    const { counters } = this.#trace;
    const used = this.#trace.used();
    let fresh = false;
    for (let i = 0; i < used; i += 1) {
      const count = counters[i] as number;
      if (count === 0) continue;
      const kind = CLASS[count] as number;
      if ((this.#seen[i] as number) & kind) continue;
      this.#seen[i] = (this.#seen[i] as number) | kind;
      fresh = true;
    }
    if (!fresh) return;
    this.#corpus.push(input);
    this.#kept += input.length + 200;
  }

  /** How long an input took, ms. */
  async #attempt(input: Buffer): Promise<number> {
    const began = performance.now();
    const wrong = await this.#fault(input);
    const took = performance.now() - began;
    if (wrong)
      this.#find('error', (await this.#inFull(() => this.#fault(input)))?.error ?? wrong.error, input);
    return took;
  }

  /** Time of this thread's processor that an input took, ms. */
  async #work(input: Buffer): Promise<number> {
    const before = process.threadCpuUsage();
    await this.#attempt(input);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  }

  /** What reading an input throws that is no refusal. */
  async #fault(input: Buffer): Promise<{ readonly error: unknown } | undefined> {
    this.#announce(input);
    try {
      const done = this.#target.run(input);
      if (done) await done;
      return undefined;
    } catch (error) {
      return this.#target.allowed?.(error) ? undefined : { error };
    }
  }

  /** Does something with the stacks of errors, which are left out otherwise: they take longer than most parsers. */
  async #inFull<T>(what: () => Promise<T>): Promise<T> {
    Error.stackTraceLimit = STACK_LINES;
    try {
      return await what();
    } finally {
      Error.stackTraceLimit = 0;
    }
  }

  /** Waits for what the inputs of a batch left running, and finds out which of them is to blame. */
  async #later(batch: readonly Buffer[]): Promise<void> {
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    await turn();
    const polluted = Object.keys(Object.prototype);
    if (this.#late.length === 0 && polluted.length === 0) return;
    const what = polluted.length > 0 ? 'prototype' : 'rejection';
    const [error = new Error(`Object.prototype has ${polluted.join(', ')}`)] = this.#late;
    const clean = (): void => {
      for (const name of Object.keys(Object.prototype)) Reflect.deleteProperty(Object.prototype, name);
      this.#late = [];
    };
    clean();
    for (const input of batch) {
      await this.#inFull(async () => {
        await this.#fault(input);
        await turn();
      });
      const [again = error] = this.#late;
      if (this.#late.length === 0 && Object.keys(Object.prototype).length === 0) continue;
      clean();
      return this.#find(what, again, input);
    }
    this.#find(what, error, batch.at(-1) ?? Buffer.alloc(0));
  }

  #find(what: Find['what'], error: unknown, input: Uint8Array): void {
    const text = error instanceof Error ? (error.stack ?? String(error)) : `thrown: ${String(error)}`;
    // The same fault at the same place is one find, whatever it says.
    const own = (line: string): boolean => /^\s+at .*\/(?:src|planted)\//.test(line);
    const place = text.split('\n').find(own) ?? text.replaceAll(/\d+/g, '');
    const known = this.#finds.get(`${what} ${place}`);
    if (!known || input.length < known.input.length)
      this.#finds.set(`${what} ${place}`, { what, text, input: Buffer.from(input) });
  }

  /** Bytes in use after a collection, without the kept inputs. */
  #heap(): number {
    const session = new Session();
    session.connect();
    session.post('HeapProfiler.collectGarbage');
    session.disconnect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external - this.#kept;
  }
}

/** Loads a target with its branches counted. */
export async function load(
  file: string,
  covers: readonly string[],
): Promise<{ readonly target: FuzzTarget; readonly traced: Trace }> {
  const traced = trace(covers);
  const { default: target } = (await import(file)) as { default: FuzzTarget };
  return { target, traced };
}
