import { closeSync, constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Writes lines to a terminal, pipe, socket or file, and never waits for whoever reads there. */
export interface LineWriter {
  /** Writes a line, its end included; dropped and counted when the reader does not read. */
  write(line: string): void;
  /** Lines dropped so far. */
  readonly dropped: number;
  /** True when a person looks on. */
  readonly terminal: boolean;
}

/** Where lines go. `take` returns false instead of waiting. */
export interface LineTarget {
  take(text: string): boolean;
}

/** `write` of `node:fs`; a test brings one that fails. */
type WriteBytes = (
  fd: number,
  bytes: Buffer,
  offset: number,
  length: number,
  position: null,
  done: (error: Error | null, written: number | undefined) => void,
) => void;

/** Bytes that wait for a reader at most; beyond that lines are dropped. A burst of a hundred long lines fits. */
const MOST_WAITING = 64 * 1024;
/** So often it is tried again while somebody does not read. */
const RETRY_MS = 250;
const LAST_MOMENT_MS = 20;

/**
 * Opens descriptor 1 or 2 of this process. `lost` makes the line that says how many were dropped; it is written as soon as
 * writing works again.
 */
export function openLineWriter(fd: 1 | 2, lost: (count: number) => string): LineWriter {
  return Object.assign(overTarget(targetOf(fd), lost), { terminal: isatty(fd) });
}

/** Counts what a target does not take, and says so when it takes lines again. */
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
    // Closed by whoever started us.
    return { take: () => true };
  }
  if (kind.isFile()) return fileTarget(fd);
  if (kind.isCharacterDevice()) return deviceTarget(fd);
  return streamTarget(fd === 1 ? process.stdout : process.stderr);
}

/** A pipe or a socket: Node writes what fits at once and keeps the rest. */
function streamTarget(stream: NodeJS.WriteStream): LineTarget {
  // A reader that has gone: everything is dropped from now on.
  stream.on('error', () => undefined);
  return {
    take(text) {
      if (stream.destroyed || !stream.writable || stream.writableLength > MOST_WAITING) return false;
      stream.write(text);
      return true;
    },
  };
}

/** A terminal: opened once more for ourselves, since the flag that it must not wait would be shared with the shell. */
function deviceTarget(shared: number): LineTarget {
  let fd = shared;
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    fd = openSync(`/dev/fd/${shared}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    process.once('exit', () => closeSync(fd));
  } catch {
    // A terminal of another user: it can be written to as it is, and not opened.
  }
  let rest: Buffer = Buffer.alloc(0);
  let retry: NodeJS.Timeout | undefined;
  const push = (): void => {
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(fd, rest));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // EAGAIN: Ctrl+S. Anything else: the terminal has been closed.
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
 * A file: written by another thread, for a disk may stand still. What a full disk does not take waits for the next try, and
 * what is left when the process ends is written then.
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
    // What another thread is just writing gets the moment that it takes.
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
