import { type Clock, systemClock } from './clock.ts';
import { type LineWriter, openLineWriter } from './line-writer.ts';
import { openLogLimit } from './log-limit.ts';

/** Structured logger. `info` lines appear at most about once a second; nothing is logged per packet or per request. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger for one part, with its name in every line. */
  part(name: string): Log;
}

/** The root logger of a process. */
export interface RootLog extends Log {
  /** Number of lines dropped so far because nobody read the log. */
  readonly dropped: number;
}

/** Dependencies of the root logger; a test replaces them. */
export interface LogDeps {
  readonly clock?: Clock;
  /** Default: standard error. */
  readonly writer?: Pick<LineWriter, 'write' | 'dropped' | 'terminal'>;
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
type Level = 'debug' | 'info' | 'warn' | 'error';

/**
 * Opens the root logger. It writes one JSON line per record to standard error, or a readable line to a terminal. It
 * never waits for its reader (`openLineWriter`). Of one kind of line (part, level and sentence) at most one a second is
 * written; `debug` is not limited.
 */
export function openLog(level: string, fields: object = {}, deps: LogDeps = {}): RootLog {
  const clock = deps.clock ?? systemClock;
  const least = LEVELS.indexOf(level as Level);
  const stamp = (): string => new Date(clock.wall()).toISOString();
  const writer: NonNullable<LogDeps['writer']> =
    deps.writer ??
    openLineWriter(2, (count) => form(stamp(), 'warn', { ...fields, dropped: count }, LINES_LOST));
  const terminal = (): boolean => (deps.writer ?? writer).terminal;
  const form = (time: string, of: Level, more: object, message: string): string =>
    line({ time, level: of, ...more, msg: message }, terminal());
  const limit = openLogLimit(clock);
  const wrap = (own: object, part: string): Log => {
    const say = (of: Level, more: object, message: string): void => {
      if (LEVELS.indexOf(of) < least) return;
      const write = (said: object): void => writer.write(form(stamp(), of, { ...own, ...said }, message));
      if (of === 'debug') write(more);
      else limit(`${part} ${of} ${message}`, more, write);
    };
    return {
      debug: (f, m) => say('debug', f, m),
      info: (f, m) => say('info', f, m),
      warn: (f, m) => say('warn', f, m),
      error: (f, m) => say('error', f, m),
      part: (name) => wrap({ ...own, part: name }, name),
    };
  };
  return Object.defineProperty(wrap(fields, ''), 'dropped', { get: () => writer.dropped }) as RootLog;
}

/** Logged with the number `dropped` in place of the lost lines. */
export const LINES_LOST = 'log lines were dropped because nothing was reading them';

/** A record as a line: JSON, or for a person at a terminal. */
export function line(record: Readonly<Record<string, unknown>>, terminal: boolean): string {
  return terminal ? pretty(record) : `${JSON.stringify(record, plain)}\n`;
}

/** A line of JSON in readable form for a terminal. A line that is not JSON is not changed. */
export function readable(text: string): string {
  try {
    return pretty(JSON.parse(text));
  } catch {
    return visible(text);
  }
}

/** Converts values that JSON cannot hold to words. */
const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value instanceof Error ? value.message : value;

const COLOURS: Readonly<Record<string, string>> = { debug: '\x1b[2m', warn: '\x1b[33m', error: '\x1b[31m' };
const DIM = '\x1b[2m';
const PLAIN = '\x1b[0m';

function pretty({ time, level, process, part, msg, ...fields }: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(fields)
    .map(
      ([key, value]) => `${key}=${typeof value === 'string' ? quoted(value) : JSON.stringify(value, plain)}`,
    )
    .join(' ');
  const who = [process, part].filter(Boolean).join(' ');
  const word = String(level).padEnd(5);
  return `${DIM}${time}${PLAIN} ${COLOURS[String(level)] ?? ''}${word}${PLAIN} ${who ? `${who}: ` : ''}${visible(String(msg))}${told ? ` ${DIM}${visible(told)}${PLAIN}` : ''}\n`;
}

const quoted = (text: string): string => (/^[^\s"=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text));

/** Replaces control characters, so that no text can control the terminal. */
const visible = (text: string): string => text.replace(/[^\P{Cc}\n\t]/gu, '\u{fffd}');

/** Drops everything; for tests and for parts opened without a logger. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  part: () => silentLog,
};
