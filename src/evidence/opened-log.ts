import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import type { LogEntry } from '../wire/evidence-entry.ts';
import { openAnswers } from './answers.ts';
import { bundleOf, entriesOf } from './bundle.ts';
import { Commits } from './commits.ts';
import type { EvidenceFiles } from './files.ts';
import { Heads } from './heads.ts';
import { LogKeys } from './log-keys.ts';
import type { WriteCounters } from './metrics.ts';
import { GENERAL } from './room-index.ts';
import { EvidenceStore } from './store.ts';
import { TILE_WIDTH } from './tree/tile.ts';

/** How often the head is signed while the log grows. */
const SIGN_EVERY = ms(10_000);

/** Dependencies of an open log. */
export interface OpenedDeps {
  readonly dir: string;
  readonly files: EvidenceFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: WriteCounters;
  /** Its name, if it begins now. */
  readonly origin: string;
  /** Verifier keys of witnesses that always have a place. */
  readonly listed: readonly string[];
  /** The title of a room, for its bundle. */
  title(room: string): string;
  /** True for a room whose entries strangers may not read. */
  withheld(room: string): boolean;
}

/** An open log: its parts, and the work that is done every ten seconds. */
export class OpenedLog {
  readonly #deps: OpenedDeps;
  readonly #keys: LogKeys;
  readonly store: EvidenceStore;
  readonly heads: Heads;
  readonly commits: Commits;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly #timer: Disposable;
  #signing: Promise<void> | undefined;

  private constructor(deps: OpenedDeps, keys: LogKeys, store: EvidenceStore, heads: Heads) {
    const { clock, log, counters } = deps;
    this.#deps = deps;
    this.#keys = keys;
    this.store = store;
    this.heads = heads;
    this.commits = new Commits({
      ...{ clock, log, store },
      committed: (took, entries, bytes) => counters.add(took, entries, bytes),
    });
    this.fetch = openAnswers({
      ...{ store, heads, keys, clock },
      withheld: deps.withheld,
      bundle: (room) => this.bundle(room),
      failed: (error) =>
        log.error({ error: String(error) }, 'the evidence log could not be read for an answer'),
    });
    this.#timer = clock.every(SIGN_EVERY, () => void this.sign());
  }

  /** @throws DamagedLog, RangeError and SyntaxError when what is there cannot be used; what the disk says otherwise. */
  static async open(deps: OpenedDeps): Promise<OpenedLog> {
    const { dir, files, clock, log, listed } = deps;
    await files.mkdir(dir);
    const keys = await LogKeys.open(files, dir, deps.origin, Math.round(clock.wall()));
    await using stack = new AsyncDisposableStack();
    const heads = stack.use(await Heads.open({ clock, files, dir, keys, listed }));
    const store = stack.use(await EvidenceStore.open(files, dir, log, heads.last));
    await keys.recall(heads.last?.size ?? 0);
    const opened = new OpenedLog(deps, keys, store, heads);
    await opened.#adoptLeftOver();
    await opened.sign();
    stack.move();
    return opened;
  }

  /** Commits what waits and signs the head, if there is anything new. Never rejects: it is tried again. */
  sign(): Promise<void> {
    this.#signing ??= this.#sign().finally(() => {
      this.#signing = undefined;
    });
    return this.#signing;
  }

  /** The bundle of a room, line by line. */
  bundle(room: string): Promise<AsyncGenerator<string> | undefined> {
    const made = Math.round(this.#deps.clock.wall());
    const title = this.#deps.title(room);
    return bundleOf(room, { store: this.store, heads: this.heads, keys: this.#keys, title, made });
  }

  /** The entries of a room, without proofs. */
  entries(room: string): ReturnType<typeof entriesOf> {
    return entriesOf(room, this.store);
  }

  /** Signs once more, and closes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer[Symbol.dispose]();
    await this.#signing;
    await this.commits[Symbol.asyncDispose]();
    await this.sign();
    await this.heads[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
  }

  async #sign(): Promise<void> {
    const { log, files, dir } = this.#deps;
    try {
      if (await this.#wantsNewKey()) {
        await this.#rotate();
        await files.remove(join(dir, ROTATE));
      } else await this.commits.flush();
      await this.heads.sign(this.store.size, this.store.root());
    } catch (error) {
      log.error(
        { error: String(error) },
        'the head of the evidence log could not be signed: tried again in ten seconds',
      );
    }
  }

  async #wantsNewKey(): Promise<boolean> {
    const { files, dir } = this.#deps;
    return (await files.readWhole(join(dir, ROTATE))) !== undefined;
  }

  async #rotate(): Promise<void> {
    const change = await this.#keys.prepare(this.#deps.clock.wall());
    const appended = this.commits.add(change);
    await this.commits.flush();
    // While the disk refuses it, it waits like any other; the next start or the next try adopts it.
    const timeout = Promise.withResolvers<undefined>();
    const timer = this.#deps.clock.after(SIGN_EVERY, () => timeout.resolve(undefined));
    const done = await Promise.race([appended, timeout.promise]);
    timer[Symbol.dispose]();
    if (!done?.kept) throw new Error('the change of the key is not on the disk yet');
    await this.#keys.adopt({ index: done.index, ...change });
    this.#deps.log.warn({ key: change.next }, 'the evidence log signs with a new key from now on');
  }

  /** Adopts a key whose change was written just before a kill. */
  async #adoptLeftOver(): Promise<void> {
    const { store } = this;
    if (!(await this.#keys.hasNext())) return;
    let changes = 0;
    for await (const index of store.index.indices(GENERAL, store.size)) {
      const bytes = (await store.entries(Math.floor(index / TILE_WIDTH)))[index % TILE_WIDTH];
      const entry = JSON.parse(String(bytes ?? '{}')) as LogEntry;
      if (entry.kind !== 'key') continue;
      changes += 1;
      const { at, next, signature } = entry;
      if (changes > this.#keys.changes.length) await this.#keys.adopt({ index, at, next, signature });
    }
  }
}

/** Name of a file in the log's folder that requests a new key. */
export const ROTATE = 'rotate-key';
