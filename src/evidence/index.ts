/**
 * The evidence log: what was counted, written down while it happens so that nobody can change it later. An append-only
 * Merkle tree with signed heads, on the disk of this machine. Of rooms it knows nothing but their names.
 */
import type { Clock } from '../base/clock.ts';
import { EarshotError } from '../base/errors.ts';
import type { Check } from '../base/health.ts';
import type { Log } from '../base/log.ts';
import { exposition } from '../base/metrics.ts';
import { problem } from '../base/reply.ts';
import { lockFolder } from '../base/socket-file.ts';
import { ms } from '../base/time.ts';
import type { EvidenceEntry, LogEntry, RoomPlace } from '../wire/evidence-entry.ts';
import type { Appended } from './commits.ts';
import { diskFiles, type EvidenceFiles } from './files.ts';
import { isRoomName } from './items.ts';
import { WriteCounters } from './metrics.ts';
import { OpenedLog } from './opened-log.ts';
import { DamagedLog } from './store.ts';

export { type Appended, MAX_WAITING, MAX_WAITING_BYTES } from './commits.ts';
export { diskFiles, type EvidenceFiles, type WritableFile } from './files.ts';
export { keyFromSeed } from './log-keys.ts';
export { COSIGNATURE, type Signer, signerOf } from './note/note.ts';
export { ROTATE } from './opened-log.ts';
export { lookAt, type Seen, sendCosignature, type WitnessLook, type WitnessState } from './witness.ts';

type WithoutPlace<Entry> = Entry extends RoomPlace ? Omit<Entry, keyof RoomPlace> : never;
/** An entry of a room, before the log gives it its place in the room's chain. */
export type RoomEntry = WithoutPlace<EvidenceEntry>;

/** Dependencies of the log. */
export interface EvidenceDeps {
  /** Its folder; made when it is missing. */
  readonly dir: string;
  /** A UNIX socket that whoever writes holds; at most 100 characters. */
  readonly lock: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Its name, if it begins now: the server's address without scheme, and `/evidence`. It never changes afterwards. */
  readonly origin: string;
  /** The title of a room, for the head of its bundle. Default: its name. */
  title?(room: string): string | undefined;
  /** True for a room whose entries strangers may not read; their hashes stay public. Default: none. */
  withheld?(room: string): boolean;
  /** Verifier keys of witnesses that always have a place beside the sixteen strangers. */
  readonly witnesses?: readonly string[];
  /** Default: the machine's. */
  readonly files?: EvidenceFiles;
}

/**
 * The evidence log. While the disk fails, entries wait in memory: at most 4,096 of them and 16 MB. Beyond that they are
 * refused (`kept: false`), and counted in the `gap` that is written once the disk works again.
 */
export interface Evidence extends AsyncDisposable {
  /**
   * Writes an entry of no room. Resolves once it is on the disk, with those of 200 ms, or refused; never rejects but for
   * a mistake: RangeError on what cannot be JSON.
   */
  append(entry: LogEntry): Promise<Appended>;
  /** Writes the next entry of a room. @throws (as a rejection) RangeError also on what is no name of a room. */
  appendOf(room: string, entry: RoomEntry): Promise<Appended>;
  /** The newest signed note, with what witnesses have added to it since; '' while there is none. */
  signedHead(): string;
  /** Signs the head now if the log has grown, and returns the newest signed note; '' while there is none. */
  checkpoint(): Promise<string>;
  /**
   * The bundle of a room, line by line, as of the newest checkpoint; undefined while that has no entry of the room.
   * @throws (as a rejection, also while it is read) what the disk says, or RangeError on damage.
   */
  bundle(room: string): Promise<AsyncGenerator<string> | undefined>;
  /**
   * The entries of a room that are on the disk, in order, for readers of this machine: nothing is signed or proven for
   * them. @throws (while it is read) what the disk says, or an Error while the log is not open.
   */
  entries(room: string): AsyncIterable<{ readonly index: number; readonly entry: string }>;
  /** Answers what the table of addresses has for the log and for bundles. */
  fetch(request: Request): Promise<Response>;
  /** Prometheus text. */
  metrics(): string;
  /** For `/readyz`. */
  check(): Check;
}

/** A log that the disk does not let open is tried again after this. */
const AGAIN = ms(10_000);
const CLOSED: Appended = { kept: false, why: 'closed' };

/** Why the log cannot be used. */
interface Fault {
  readonly says: string;
  /** Wall clock and monotonic time when it began, for the gap. */
  readonly from: number;
  readonly since: number;
  readonly why: string;
}

/**
 * Opens the log. A damaged or unreadable log stays closed, and reports this in its health check and in the server's
 * log; counting goes on without it. @throws EarshotError `bad-config` when another process writes it.
 */
export async function open(deps: EvidenceDeps): Promise<Evidence> {
  const { clock, log } = deps;
  const counters = new WriteCounters();
  let opened: OpenedLog | undefined;
  let fault: Fault | undefined;
  let again: Disposable | undefined;
  let refused = 0;
  let taken = false;
  const held = await lockFolder(deps.lock, {
    ...{ clock, log },
    lost() {
      taken = true;
      const was = opened;
      opened = undefined;
      fault = faultOf('another Earshot writes the log', 'LOCK');
      void was?.[Symbol.asyncDispose]();
    },
  });
  if (!held)
    throw new EarshotError(
      'bad-config',
      `another Earshot is writing the evidence log in ${deps.dir}. Stop it, or choose another data folder`,
    );

  const faultOf = (says: string, why: string): Fault => ({
    ...{ says, why },
    ...{ from: Math.round(fault?.from ?? clock.wall()), since: fault?.since ?? clock.now() },
  });

  async function begin(): Promise<void> {
    again = undefined;
    try {
      opened = await OpenedLog.open({
        ...{ dir: deps.dir, files: deps.files ?? diskFiles, clock, log, counters, origin: deps.origin },
        ...{ listed: deps.witnesses ?? [], title: (room) => deps.title?.(room) ?? room },
        withheld: (room) => deps.withheld?.(room) ?? false,
      });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const system = code !== undefined && !(error instanceof DamagedLog);
      fault = faultOf(
        system ? `the disk says ${code}` : 'it does not agree with what was signed',
        code ?? 'DAMAGED',
      );
      log.error(
        { error: String(error), folder: deps.dir },
        system
          ? 'the evidence log cannot be opened: nothing is written as evidence until it can; tried again every ten seconds'
          : 'the evidence log is damaged: nothing is written as evidence. Restore its folder from a backup, or move it away and a new log begins, under another name',
      );
      if (system) again = clock.after(AGAIN, () => void begin());
      return;
    }
    if (!fault) return;
    const { from, since, why } = fault;
    fault = undefined;
    const to = Math.round(from + (clock.now() - since));
    void opened.commits.add({ v: 1, kind: 'gap', from, to, why, lost: refused } satisfies LogEntry);
  }
  await begin();

  const add = (entry: object, room?: string): Promise<Appended> => {
    if (opened) return opened.commits.add(entry, room);
    refused += 1;
    return Promise.resolve(CLOSED);
  };

  return {
    append: async (entry) => add(entry),
    async appendOf(room, entry) {
      if (!isRoomName(room)) throw new RangeError(`${JSON.stringify(room)} is no name of a room`);
      return add(entry, room);
    },
    signedHead: () => opened?.heads.served ?? '',
    async checkpoint() {
      await opened?.sign();
      return opened?.heads.served ?? '';
    },
    bundle: async (room) => opened?.bundle(room),
    async *entries(room) {
      if (!opened) throw new Error('the evidence log is not open');
      yield* opened.entries(room);
    },
    async fetch(request) {
      if (opened) return opened.fetch(request);
      const { status, headers, body } = problem('evidence-unreadable', undefined, { 'retry-after': '10' });
      return new Response(String(body), { status, headers });
    },
    metrics: () =>
      exposition(
        counters.metrics({
          size: opened?.store.size ?? Number.NaN,
          waiting: opened?.commits.waiting ?? 0,
          gaps: opened?.commits.gaps ?? 0,
          lost: (opened?.commits.lost ?? 0) + refused,
          witnesses: opened?.heads.witnesses.known.length ?? Number.NaN,
        }),
      ),
    check(): Check {
      const failing = opened?.commits.failing;
      const says = fault?.says ?? (failing && `the disk takes no entries (${failing})`);
      return { part: 'evidence', ok: opened !== undefined && says === undefined, ...(says ? { says } : {}) };
    },
    async [Symbol.asyncDispose]() {
      again?.[Symbol.dispose]();
      await opened?.[Symbol.asyncDispose]();
      if (!taken) await held[Symbol.asyncDispose]();
    },
  };
}
