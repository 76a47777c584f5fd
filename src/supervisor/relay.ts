import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../base/clock.ts';

/** Dependencies of relaying a child's output. */
export interface RelayDeps {
  readonly clock: Clock;
  /** Whose output it is. */
  readonly process: string;
  /** Receives whole records, one line of JSON each; must not wait. Undefined: they are dropped. */
  readonly output: ((line: string) => void) | undefined;
}

/** Limit of characters per record; the rest is cut. */
const LONGEST = 16_384;
/**
 * Limit per second of records that are not lines of our logger: a program that floods its output is not worth more.
 */
const MOST_RAW = 20;
const SECOND = 1000;

/**
 * Reads a child's output as fast as it comes. Lines of its logger pass unchanged; anything else (a stack trace, a
 * library's warning) becomes one record, with everything that came at the same time.
 */
export function relay(stream: Readable, { clock, process, output }: RelayDeps): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let second = Number.NEGATIVE_INFINITY;
  let raws = 0;
  let leftOut = 0;
  const raw = (lines: string[]): void => {
    if (lines.length === 0) return;
    const now = clock.now();
    if (now - second >= SECOND) {
      second = now;
      raws = 0;
    }
    raws += 1;
    if (raws > MOST_RAW) {
      leftOut += 1;
      return;
    }
    const time = new Date(clock.wall()).toISOString();
    const msg = lines.join('\n').slice(0, LONGEST);
    output?.(`${JSON.stringify({ time, level: 'warn', process, ...(leftOut > 0 && { leftOut }), msg })}\n`);
    leftOut = 0;
  };
  const hear = (text: string): void => {
    const lines = `${rest}${text}`.split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST + 1);
    const others: string[] = [];
    for (const line of lines) {
      // One that was cut, by its length or by the end of the program, is no record.
      if (line.length <= LONGEST && line.startsWith('{"time":') && line.endsWith('}')) {
        raw(others.splice(0));
        output?.(`${line}\n`);
      } else if (line.trim() !== '') others.push(line);
    }
    raw(others);
  };
  stream.on('data', (chunk: Buffer) => hear(decoder.write(chunk)));
  stream.on('end', () => hear(`${decoder.end()}\n`));
  stream.on('error', () => undefined);
}
