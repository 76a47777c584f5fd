import { rmSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import type { Config } from '../../config/index.ts';
import {
  type ActChange,
  type Door,
  type DoorDeps,
  type ListedNetwork,
  openSalts,
  REST,
  readAddressList,
  readNetwork,
} from '../../door/index.ts';
import { type LostEntries, openJournal } from '../../journal/index.ts';
import type { Paths } from '../paths.ts';

/** Dependencies of the files of a door's defence. */
export interface DefenceFilesDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly at: Pick<Paths, 'defence' | 'run'>;
  /** The number of the door. */
  readonly index: number;
  door(): Pick<Door, 'acts' | 'listed' | 'lift'> | undefined;
  readonly lostEntries: Pick<LostEntries, 'of'>;
}

/** How often the operator's files are looked at, and what holds now is written. */
const LOOK = ms(2_000);
/** The journal of a door: some 15,000 changes, and as many older ones. */
const MAX_BYTES = 8_000_000;
const MAX_WAITING = 1_024;
/** Bad lines of a list that are named. */
const MOST_NAMED = 5;
/** Hexadecimal digits by which a network is told apart within a day. */
const NAME_DIGITS = 16;

/** A list of the operator's, as it was read last. */
interface ListFile {
  readonly path: string;
  networks: readonly ListedNetwork[];
  /** Time of change and length; undefined before the first look. */
  seen: string | undefined;
}

/**
 * What the defence of a door has on the disk: the operator's lists, which are read again when they change; the networks
 * that the operator lifted; what holds now, for `earshot defence list` and its exports; and the journal of all acts, in
 * which networks are hashed with the salt of the day. Of what holds now, the file is deleted with the last act.
 */
export class DefenceFiles implements AsyncDisposable {
  readonly #deps: DefenceFilesDeps;
  readonly #allow: ListFile;
  readonly #deny: ListFile;
  readonly #journal: ReturnType<typeof openJournal>;
  readonly #salts: ReturnType<typeof openSalts>;
  readonly #timer: Disposable;
  readonly #now: string;
  #changed = false;
  #looking = false;
  /** Lifts of before this door began have been done. */
  #lifted: number;

  constructor(deps: DefenceFilesDeps) {
    const { at, clock, index, log } = deps;
    this.#deps = deps;
    this.#allow = { path: at.defence.allow, networks: [], seen: undefined };
    this.#deny = { path: at.defence.deny, networks: [], seen: undefined };
    this.#salts = openSalts(at.run);
    this.#now = at.defence.now(index);
    this.#lifted = clock.wall();
    rmSync(this.#now, { force: true });
    this.#journal = openJournal({
      ...{ path: at.defence.journal(index), maxBytes: MAX_BYTES, maxWaiting: MAX_WAITING, keepsOlder: true },
      failed: (error, lost) =>
        log.warn(
          { error: String(error), lost },
          'what the defence does could not be written to its journal: it is tried again with the next act',
        ),
      onLost: deps.lostEntries.of('defence'),
    });
    this.#timer = clock.every(LOOK, () => void this.look());
  }

  /** The defence of the door, as it is set. */
  options({
    defence,
    defenceExpiry,
  }: Pick<Config, 'defence' | 'defenceExpiry'>): NonNullable<DoorDeps['defence']> {
    return { mode: defence, expiry: defenceExpiry, acted: this.acted };
  }

  /** An act began, changed or ended. */
  readonly acted = ({ who, share, cost, ...act }: ActChange): void => {
    this.#changed = true;
    const wall = this.#deps.clock.wall();
    const network = this.#salts.at(wall)(`defence ${who}`).toString('hex').slice(0, NAME_DIGITS);
    const rounded = Object.fromEntries(
      Object.entries(cost).map(([name, value]) => [name, Math.round(value)]),
    );
    this.#journal.write({
      ...{ at: wall, ...act, network, cost: rounded },
      ...(share === undefined ? {} : { share: Math.round(share) }),
    });
  };

  /** Reads what the operator has changed, and writes what holds now. Called every two seconds. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const changed = [await this.#read(this.#allow), await this.#read(this.#deny)].includes(true);
      if (changed) this.#deps.door()?.listed(this.#allow.networks, this.#deny.networks);
      await this.#lift();
      await this.#write();
    } finally {
      this.#looking = false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer[Symbol.dispose]();
    rmSync(this.#now, { force: true });
    await this.#journal[Symbol.asyncDispose]();
  }

  /** Reads a list if it has changed; true when there is another one now. */
  async #read(list: ListFile): Promise<boolean> {
    const { log } = this.#deps;
    const found = await stat(list.path).catch(() => undefined);
    const seen = found ? `${found.mtimeMs} ${found.size}` : '';
    if (seen === (list.seen ?? '')) return false;
    const first = list.seen === undefined;
    list.seen = seen;
    const text = found ? await readFile(list.path, 'utf8').catch(() => undefined) : '';
    if (text === undefined) {
      log.error({ path: list.path }, 'a list of addresses cannot be read: the one before it goes on');
      return false;
    }
    const { networks, bad } = readAddressList(text);
    if (bad.length > 0) {
      const lines = bad.slice(0, MOST_NAMED).map(({ line, text: said }) => `${line}: ${said}`);
      log.error(
        { path: list.path, bad: bad.length, lines },
        first
          ? 'some lines of a list of addresses are neither an address nor a network (192.0.2.0/24): the others are used'
          : 'some lines of a list of addresses are neither an address nor a network (192.0.2.0/24): the list before the change goes on',
      );
      if (!first) return false;
    }
    list.networks = networks;
    log.info({ path: list.path, networks: networks.length }, 'a list of addresses was read');
    return true;
  }

  async #lift(): Promise<void> {
    const text = await readFile(this.#deps.at.defence.lifts, 'utf8').catch(() => '');
    let latest = this.#lifted;
    for (const line of text.split('\n')) {
      const [at = '', said = ''] = line.split(' ');
      const network = said === REST ? REST : readNetwork(said);
      if (!network || !(Number(at) > this.#lifted)) continue;
      latest = Math.max(latest, Number(at));
      const acts = this.#deps.door()?.lift(network) ?? 0;
      if (acts > 0)
        this.#deps.log.info({ network: said, acts }, 'the operator has lifted what was done about a network');
    }
    this.#lifted = latest;
  }

  async #write(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    const acts = this.#deps.door()?.acts() ?? [];
    try {
      if (acts.length === 0) return await rm(this.#now, { force: true });
      // Addresses of people are in it: only for this user, and not for longer than the acts last.
      await mkdir(this.#deps.at.run, { recursive: true, mode: 0o700 });
      await writeFile(`${this.#now}.new`, JSON.stringify({ acts }), { mode: 0o600 });
      await rename(`${this.#now}.new`, this.#now);
    } catch (error) {
      this.#changed = true;
      this.#deps.log.warn(
        { error: String(error) },
        'what the defence does now cannot be written for `earshot defence list`; it is done all the same',
      );
    }
  }
}
