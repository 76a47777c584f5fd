import { endianness } from 'node:os';

/** Batches of `send()` calls that are passed to the kernel together. */
export interface Uring extends Disposable {
  /** Longest possible send, bytes. */
  readonly longest: number;
  /** False once the kernel did not answer for a submitted send; nothing is added any more. */
  readonly open: boolean;
  /**
   * Adds a `send()` on a connection's descriptor. The bytes are copied, once for consecutive sends of the same Buffer;
   * bytes in a `place` are not copied. False when there is no space: call `submit` first.
   */
  add(fd: number, bytes: Uint8Array): boolean;
  /** Takes back the `at`th send added since the last `submit`: it is not sent, and its result has no meaning. */
  withdraw(at: number): void;
  /**
   * Space to create bytes that are added next; valid until `submit`. Undefined when there is none: call `submit` first.
   */
  place(length: number): Uint8Array | undefined;
  /**
   * Lets the kernel execute all sends added since the last time, none of which blocks. Then calls `result` for each in
   * order, from 0, with the bytes taken, a negative error number (EAGAIN: nothing fits), or `UNKNOWN`. `result` must
   * not throw.
   */
  submit(result: (at: number, taken: number) => void): void;
}

/** It is unknown whether these bytes were sent. */
export const UNKNOWN = -0x8000_0000;

/** Entries of the ring, a power of two: one row of listeners (`Limits.row`). */
const ENTRIES = 512;
/** Limit of the bytes of all different Buffers in one submit. */
const STAGE = 1024 * 1024;
/** The part of these for bytes created in place; it fits into a processor's own cache. */
const PLACES = 256 * 1024;
/** Each buffer begins on a cache line. */
const aligned = (length: number): number => (length + 63) & ~63;

// Linux constants, the same on all current 64-bit systems.
const SYS_SETUP = 425;
const SYS_ENTER = 426;
/** Words of `struct io_uring_params`: the request, and where the kernel has put the fields of the rings. */
const PARAMS_WORDS = 30;
const PARAMS_CQ_ENTRIES = 1;
const PARAMS_FLAGS = 2;
const PARAMS_FEATURES = 5;
const PARAMS_SQ_HEAD = 10;
const PARAMS_SQ_TAIL = 11;
const PARAMS_SQ_ARRAY = 16;
const PARAMS_CQ_HEAD = 20;
const PARAMS_CQ_TAIL = 21;
const PARAMS_CQES = 25;
/** Words of `struct io_uring_sqe`, one send. The opcode is the lowest byte of the first word. */
const SQE_WORDS = 16;
const SQE_FD = 1;
const SQE_ADDRESS_LOW = 4;
const SQE_ADDRESS_HIGH = 5;
const SQE_LENGTH = 6;
const SQE_MESSAGE_FLAGS = 7;
const SQE_USER_DATA = 8;
/** Words of `struct io_uring_cqe`, one result; `user_data` is its first word. */
const CQE_WORDS = 4;
const CQE_RESULT = 2;
/** Words (of 64 bits) of `struct io_uring_getevents_arg` and the time that it points to. */
const WAIT_TIME_AT = 2;
const WAIT_SECONDS = 3;
const OP_SEND = 26;
const MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
const ENTER_GETEVENTS = 1;
/** Limits the wait to a given time (5.11). */
const ENTER_EXT_ARG = 1 << 3;
const FEATURE_EXT_ARG = 1 << 8;
/** `struct io_uring_getevents_arg`, followed by the `struct __kernel_timespec` that it points to. */
const WAIT_ARG_BYTES = 24;
const WAIT_BYTES = WAIT_ARG_BYTES + 16;
/** No send here blocks, so a result takes microseconds; after this time there is none. */
const LONGEST_WAIT_S = 1n;
/** A descriptor that is never open. */
const NOBODY = 0xffff_ffff;
/** One thread submits, and completions are made only when it asks for them: needs Linux 6.1, and is cheaper. */
const SINGLE_ISSUER_DEFER_TASKRUN = (1 << 12) | (1 << 13);
/**
 * Both rings in one mapping (5.4), and a kernel that supports `send` (5.6; the flag is that of reading at the current
 * position).
 */
const FEATURES = 1 | (1 << 3);
const OFFSET_RINGS = 0;
const OFFSET_ENTRIES = 0x10000000;
const PROT_READ_WRITE = 1 | 2;
const MAP_SHARED_POPULATE = 1 | 0x8000;
const MAP_PRIVATE_ANONYMOUS = 2 | 0x20;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
const EPERM = 1;
const EINVAL = 22;
const ETIME = 62;
const EAGAIN = 11;
const ENOSYS = 38;
/** Calls without a new result after which the ring is given up. */
const MAX_IDLE_CALLS = 64;

/** Why the kernel offers no ring, in words for an operator. */
function reason(errno: number): string {
  if (errno === EPERM) return 'it is switched off (by kernel.io_uring_disabled or by the container)';
  if (errno === ENOSYS) return 'the kernel does not have it, or the container hides it';
  return `the kernel refuses it (error ${errno})`;
}

/** The calls to the kernel and to libc that a ring takes. */
interface Calls {
  setup(call: number, entries: number, params: Uint32Array): number;
  enter(
    call: number,
    fd: number,
    submit: number,
    wanted: number,
    flags: number,
    wait: bigint | null,
    waitBytes: number,
  ): number;
  mmap(at: null, length: number, protection: number, flags: number, fd: number, offset: number): bigint;
  munmap(at: bigint, length: number): number;
  close(fd: number): number;
  /** Of the last call that failed. */
  errno(): number;
  /** Memory outside of JavaScript's. */
  view(at: bigint, length: number): ArrayBuffer;
}

/** Loads them, or says why there are none. */
async function loadCalls(): Promise<Calls | string> {
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load('libc.so.6');
    return {
      setup: libc.func('long syscall(long, long, void *)'),
      enter: libc.func('long syscall(long, long, long, long, long, void *, long)'),
      mmap: libc.func('void *mmap(void *, size_t, int, int, int, int64_t)'),
      munmap: libc.func('int munmap(void *, size_t)'),
      close: libc.func('int close(int)'),
      errno: () => koffi.errno(),
      view: (at, length) => koffi.view(at, length),
    };
  } catch (error) {
    return `the package koffi does not work here (${error instanceof Error ? error.message : error})`;
  }
}

/** A ring as the kernel gave it, and the memory it works on. */
interface Ring {
  readonly fd: number;
  /** Both rings, in words. */
  readonly rings: Uint32Array;
  /** What is to be sent, in words. */
  readonly entries: Uint32Array;
  readonly stage: Mapped;
  /** How long a call waits at most; undefined where the kernel cannot be told. */
  readonly wait: Mapped | undefined;
  /** Positions of the rings' fields, as reported by the kernel. */
  readonly at: {
    readonly sqHead: number;
    readonly sqTail: number;
    readonly cqHead: number;
    readonly cqTail: number;
    readonly completions: number;
  };
  readonly cqMask: number;
}

interface Mapped {
  readonly at: bigint;
  readonly memory: ArrayBuffer;
}

/** Has the kernel make a ring, or says why it does not. */
function makeRing(calls: Calls): Ring | string {
  const params = new Uint32Array(PARAMS_WORDS);
  const ask = (flags: number): number => {
    params.fill(0);
    params[PARAMS_FLAGS] = flags;
    return calls.setup(SYS_SETUP, ENTRIES, params);
  };
  let fd = ask(SINGLE_ISSUER_DEFER_TASKRUN);
  if (fd < 0 && calls.errno() === EINVAL) fd = ask(0);
  if (fd < 0) return reason(calls.errno());
  const word = (at: number): number => params[at] ?? 0;
  const given = {
    ...{ features: word(PARAMS_FEATURES), array: word(PARAMS_SQ_ARRAY) },
    completions: word(PARAMS_CQ_ENTRIES),
  };

  const mapped: [bigint, number][] = [];
  const map = (length: number, flags: number, of: number, offset: number): Mapped => {
    const at = calls.mmap(null, length, PROT_READ_WRITE, flags, of, offset);
    if (at === MAP_FAILED) throw new Error(`no memory for it (error ${calls.errno()})`);
    mapped.push([at, length]);
    return { at, memory: calls.view(at, length) };
  };
  let rings: Uint32Array;
  let entries: Uint32Array;
  let stage: Mapped;
  let wait: Mapped | undefined;
  const completionsAt = word(PARAMS_CQES) / 4;
  try {
    if ((given.features & FEATURES) !== FEATURES) throw new Error('the kernel is older than 5.6');
    const bytes = Math.max(given.array + ENTRIES * 4, completionsAt * 4 + given.completions * CQE_WORDS * 4);
    rings = new Uint32Array(map(bytes, MAP_SHARED_POPULATE, fd, OFFSET_RINGS).memory);
    entries = new Uint32Array(map(ENTRIES * SQE_WORDS * 4, MAP_SHARED_POPULATE, fd, OFFSET_ENTRIES).memory);
    stage = map(STAGE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    if ((given.features & FEATURE_EXT_ARG) !== 0) wait = map(WAIT_BYTES, MAP_PRIVATE_ANONYMOUS, -1, 0);
  } catch (error) {
    for (const [at, length] of mapped) calls.munmap(at, length);
    calls.close(fd);
    return error instanceof Error ? error.message : String(error);
  }
  for (let i = 0; i < ENTRIES; i += 1) {
    rings[given.array / 4 + i] = i;
    entries[i * SQE_WORDS] = OP_SEND;
    entries[i * SQE_WORDS + SQE_MESSAGE_FLAGS] = MSG_DONTWAIT_NOSIGNAL;
  }
  if (wait) {
    const words = new BigUint64Array(wait.memory);
    words[WAIT_TIME_AT] = wait.at + BigInt(WAIT_ARG_BYTES);
    words[WAIT_SECONDS] = LONGEST_WAIT_S;
  }
  const at = {
    ...{ sqHead: word(PARAMS_SQ_HEAD) / 4, sqTail: word(PARAMS_SQ_TAIL) / 4 },
    ...{ cqHead: word(PARAMS_CQ_HEAD) / 4, cqTail: word(PARAMS_CQ_TAIL) / 4 },
    completions: completionsAt,
  };
  return { fd, rings, entries, stage, wait, at, cqMask: given.completions - 1 };
}

/** Sends through a ring. */
function sendThrough(calls: Calls, { fd, rings, entries, stage, wait, at, cqMask }: Ring): Uring {
  const { enter } = calls;
  const staged = new Uint8Array(stage.memory);
  const stageLow = Number(stage.at & 0xffff_ffffn);
  const stageHigh = Number(stage.at >> 32n);
  const sqMask = ENTRIES - 1;
  const completionsAt = at.completions;
  const waitFlags = ENTER_GETEVENTS | (wait ? ENTER_EXT_ARG : 0);
  const waitAt = wait?.at ?? null;
  const waitBytes = wait ? WAIT_ARG_BYTES : 0;
  const results = new Int32Array(ENTRIES);
  let open = true;
  let tail = rings[at.sqTail] ?? 0;
  let count = 0;
  let stageUsed = 0;
  let last: Uint8Array | undefined;
  let low = 0;
  let high = 0;

  function dispose() {
    if (!open) return;
    open = false;
    calls.close(fd);
  }
  return {
    longest: STAGE,
    get open() {
      return open;
    },
    add(descriptor, bytes) {
      if (!open || count === ENTRIES) return false;
      if (bytes !== last) {
        let from = stageUsed;
        if (bytes.buffer === stage.memory) from = bytes.byteOffset;
        else if (stageUsed + bytes.length > STAGE) return false;
        else staged.set(bytes, stageUsed);
        const sum = stageLow + from;
        low = sum >>> 0;
        high = stageHigh + (sum > 0xffff_ffff ? 1 : 0);
        stageUsed = Math.max(stageUsed, aligned(from + bytes.length));
        last = bytes;
      }
      const entry = (tail & sqMask) * SQE_WORDS;
      entries[entry + SQE_FD] = descriptor;
      entries[entry + SQE_ADDRESS_LOW] = low;
      entries[entry + SQE_ADDRESS_HIGH] = high;
      entries[entry + SQE_LENGTH] = bytes.length;
      entries[entry + SQE_USER_DATA] = count;
      tail = (tail + 1) >>> 0;
      count += 1;
      return true;
    },
    withdraw(at) {
      if (at < count) entries[((tail - count + at) & sqMask) * SQE_WORDS + SQE_FD] = NOBODY;
    },
    place(length) {
      if (!open || count === ENTRIES || stageUsed + length > PLACES) return undefined;
      const from = stageUsed;
      stageUsed = aligned(from + length);
      return staged.subarray(from, from + length);
    },
    submit(result) {
      const asked = count;
      if (asked === 0) return;
      results.fill(UNKNOWN, 0, asked);
      // Plain reads and writes of memory that the kernel shares: it has no thread that looks at the rings by itself
      // (SQPOLL), so it does so only within `enter`, and a system call is a barrier for both sides.
      let answers = 0;
      rings[at.sqTail] = tail;
      for (let idle = 0; answers < asked && idle < MAX_IDLE_CALLS; ) {
        const left = (tail - (rings[at.sqHead] ?? 0)) >>> 0;
        const done = enter(SYS_ENTER, fd, left, asked - answers, waitFlags, waitAt, waitBytes);
        const late = done < 0 && calls.errno() === ETIME;
        let head = rings[at.cqHead] ?? 0;
        const until = rings[at.cqTail] ?? 0;
        if (head === until) idle += late ? MAX_IDLE_CALLS : 1;
        for (; head !== until; head = (head + 1) >>> 0) {
          const completion = completionsAt + (head & cqMask) * CQE_WORDS;
          results[rings[completion] ?? 0] = rings[completion + CQE_RESULT] ?? 0;
          answers += 1;
        }
        rings[at.cqHead] = head;
      }
      if (answers < asked) {
        // The kernel takes entries in order. The last `left` are still in the ring and were not sent: their sockets
        // send them (EAGAIN). Those taken without an answer may have been sent, and stay UNKNOWN.
        const left = (tail - (rings[at.sqHead] ?? 0)) >>> 0;
        results.fill(-EAGAIN, asked - Math.min(left, asked), asked);
        dispose();
      }
      count = 0;
      stageUsed = 0;
      last = undefined;
      for (let i = 0; i < asked; i += 1) result(i, results[i] ?? UNKNOWN);
    },
    [Symbol.dispose]: dispose,
  };
}

/**
 * Opens an io_uring for the calling thread, or says in words why there is none. Its memory, 1.1 MB, is freed when the
 * process ends. Spec: io_uring_setup(2), io_uring_enter(2).
 */
export async function openUring(): Promise<Uring | string> {
  if (process.platform !== 'linux' || endianness() !== 'LE') return 'this system is not Linux';
  if (process.arch !== 'x64' && process.arch !== 'arm64')
    return `the processor (${process.arch}) is not one that it is used on: x64 or arm64`;
  const calls = await loadCalls();
  if (typeof calls === 'string') return calls;
  const ring = makeRing(calls);
  return typeof ring === 'string' ? ring : sendThrough(calls, ring);
}
