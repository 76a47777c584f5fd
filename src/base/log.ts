import { type Clock, systemClock } from './clock.ts';
import { type LineWriter, openLineWriter } from './line-writer.ts';
import { openLogLimit } from './log-limit.ts';

/** Structured logger. `info` at most about once a second; nothing per packet or per request. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger for one part, its name in every line. */
  part(name: string): Log;
}

/** The root logger of a process. */
export interface RootLog extends Log {
  /** Lines that whoever reads the log did not take, so far. */
  readonly dropped: number;
}

/** What the root logger is made of; a test brings its own. */
export interface LogDeps {
  readonly clock?: Clock;
  /** Default: standard error. */
  readonly writer?: Pick<LineWriter, 'write' | 'dropped' | 'terminal'>;
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
type Level = 'debug' | 'info' | 'warn' | 'error';

/**
 * Opens the root logger: a JSON line each on standard error, or on a terminal one for people. Nobody waits for who reads it
 * (`openLineWriter`), and of one kind of line (part, level and sentence) at most one a second is written; `debug` is not
 * held back.
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

/** Said with `dropped` in place of the lines that are gone. */
export const LINES_LOST = 'log lines were dropped because nothing was reading them';

/** A record as a line: JSON, or for a person at a terminal. */
export function line(record: Readonly<Record<string, unknown>>, terminal: boolean): string {
  return terminal ? pretty(record) : `${JSON.stringify(record, plain)}\n`;
}

/** A line of JSON for a person at a terminal; what only looks like one stays as it is. */
export function readable(text: string): string {
  try {
    return pretty(JSON.parse(text));
  } catch {
    return visible(text);
  }
}

/** What JSON cannot hold is told in words. */
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

/** Nobody's text steers the terminal. */
const visible = (text: string): string => text.replace(/[^\P{Cc}\n\t]/gu, '\u{fffd}');

/** Drops everything: for tests and for parts opened without a logger. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  part: () => silentLog,
};
