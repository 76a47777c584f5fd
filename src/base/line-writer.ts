import { closeSync, constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Writes lines to a terminal, pipe, socket or file, and never waits for the reader. */
export interface LineWriter {
  /** Writes a line, including its line end. It is dropped and counted when the reader does not read. */
  write(line: string): void;
  /** Lines dropped so far. */
  readonly dropped: number;
  /** True when the output is a terminal. */
  readonly terminal: boolean;
}

/** The destination of lines. `take` returns false instead of waiting. */
export interface LineTarget {
  take(text: string): boolean;
}

/** `write` of `node:fs`; a test replaces it with one that fails. */
type WriteBytes = (
  fd: number,
  bytes: Buffer,
  offset: number,
  length: number,
  position: null,
  done: (error: Error | null, written: number | undefined) => void,
) => void;

/** Limit of bytes waiting for a reader; beyond it lines are dropped. A burst of a hundred long lines fits. */
const MOST_WAITING = 64 * 1024;
/** Interval between retries while nobody reads. */
const RETRY_MS = 250;
const LAST_MOMENT_MS = 20;

/**
 * Opens descriptor 1 or 2 of this process. `lost` creates the line that says how many were dropped; it is written as
 * soon as writing works again.
 */
export function openLineWriter(fd: 1 | 2, lost: (count: number) => string): LineWriter {
  return Object.assign(overTarget(targetOf(fd), lost), { terminal: isatty(fd) });
}

/** Counts lines that a target does not accept, and reports the number when it accepts lines again. */
export function overTarget(
  target: LineTarget,
  lost: (count: number) => string,
): Omit<LineWriter, 'terminal'> {
  let dropped = 0;
  let untold = 0;
  let retry: NodeJS.Timeout | undefined;
  const tell = (): boolean => {
    if (untold > 0 && target.take(lost(untold))) untold = 0;
    if (untold === 0 && retry) {
      clearInterval(retry);
      retry = undefined;
    }
    return untold === 0;
  };
  return {
    write(line) {
      if (tell() && target.take(line)) return;
      dropped += 1;
      untold += 1;
      retry ??= setInterval(tell, RETRY_MS).unref();
    },
    get dropped() {
      return dropped;
    },
  };
}

function targetOf(fd: 1 | 2): LineTarget {
  let kind: ReturnType<typeof fstatSync>;
  try {
    kind = fstatSync(fd);
  } catch {
    // The process that started us has closed it.
    return { take: () => true };
  }
  if (kind.isFile()) return fileTarget(fd);
  if (kind.isCharacterDevice()) return deviceTarget(fd);
  return streamTarget(fd === 1 ? process.stdout : process.stderr);
}

/** A pipe or a socket: Node writes what fits at once and keeps the rest. */
function streamTarget(stream: NodeJS.WriteStream): LineTarget {
  // The reader is gone: everything is dropped from now on.
  stream.on('error', () => undefined);
  return {
    take(text) {
      if (stream.destroyed || !stream.writable || stream.writableLength > MOST_WAITING) return false;
      stream.write(text);
      return true;
    },
  };
}

/** A terminal. It is opened again for this process, because a non-blocking flag would be shared with the shell. */
function deviceTarget(shared: number): LineTarget {
  let fd = shared;
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    fd = openSync(`/dev/fd/${shared}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    process.once('exit', () => closeSync(fd));
  } catch {
    // A terminal of another user can be written to through the given descriptor, but not opened.
  }
  let rest: Buffer = Buffer.alloc(0);
  let retry: NodeJS.Timeout | undefined;
  const push = (): void => {
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(fd, rest));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // EAGAIN means Ctrl+S. Any other error means that the terminal was closed.
        if (code !== 'EAGAIN') rest = Buffer.alloc(0);
        break;
      }
    }
    if (rest.length > 0) retry ??= setInterval(push, RETRY_MS).unref();
    else if (retry) {
      clearInterval(retry);
      retry = undefined;
    }
  };
  return {
    take(text) {
      if (rest.length > MOST_WAITING) return false;
      rest = Buffer.concat([rest, Buffer.from(text)]);
      push();
      return true;
    },
  };
}

/**
 * A file. Another thread writes to it, because a disk may stall. Bytes that a full disk does not accept wait for the
 * next try, and the rest is written when the process ends.
 */
export function fileTarget(fd: number, put: WriteBytes = write): LineTarget {
  let waiting: Buffer = Buffer.alloc(0);
  let writing = false;
  let retry: NodeJS.Timeout | undefined;
  const push = (): void => {
    if (writing || retry || waiting.length === 0) return;
    const bytes = waiting;
    waiting = Buffer.alloc(0);
    writing = true;
    put(fd, bytes, 0, bytes.length, null, (error, written) => {
      writing = false;
      waiting = Buffer.concat([bytes.subarray(written ?? 0), waiting]);
      if (!error) return push();
      retry = setTimeout(() => {
        retry = undefined;
        push();
      }, RETRY_MS).unref();
    });
  };
  process.once('exit', () => {
    // Waits a moment for a write that another thread has already started.
    if (writing) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_MOMENT_MS);
    if (waiting.length === 0) return;
    try {
      writeSync(fd, waiting);
    } catch {
      // A full disk.
    }
  });
  return {
    take(text) {
      if (waiting.length > MOST_WAITING) return false;
      waiting = Buffer.concat([waiting, Buffer.from(text)]);
      push();
      return true;
    },
  };
}
