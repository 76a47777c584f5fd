import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../base/log.ts';
import type { Pin, QuestionStanding } from '../wire/interaction/questions.ts';
import { type KeptQuestion, QuestionList } from './question-list.ts';

/** Beyond this nothing more is written: the questions work, and a restart would lose the newest. */
const MAX_BYTES = 32_000_000;
/** A file that nothing was written to for this long belongs to a room that ended while its cell was away. */
const STALE_MS = 86_400_000;

/** One change, as a line. */
export type QuestionLine =
  | {
      readonly do: 'ask';
      readonly id: string;
      readonly text: string;
      readonly name?: string | undefined;
      readonly device: string;
      readonly asked: number;
    }
  | { readonly do: 'vote'; readonly id: string; readonly device: string }
  | {
      readonly do: 'turn';
      readonly id: string;
      readonly standing: QuestionStanding;
      readonly at: number;
      /** Where it was before a moderator's decision. */
      readonly before?: QuestionStanding | undefined;
    }
  | { readonly do: 'pin'; readonly pin?: Pin | undefined };

/**
 * The questions of one room on disk, one line a change, written before the change is answered: a cell that was killed
 * finds them again.
 */
export interface QuestionFile extends Disposable {
  readonly before: { readonly list: QuestionList; readonly pin: Pin | undefined };
  write(line: QuestionLine): void;
  /** The room is over: what people wrote is removed here; what was answered is in the recording. */
  forget(): void;
}

/** Opens the file of a room. A disk that fails costs the memory of a restart and nothing else. */
export function openQuestionFile(dir: string, slug: string, log: Log): QuestionFile {
  const path = join(dir, `${slug}.jsonl`);
  let file: number | undefined;
  let bytes = 0;
  let complained = false;
  const complain = (error: unknown): void => {
    if (complained) return;
    complained = true;
    log.warn(
      { slug, error: String(error) },
      'questions could not be written to disk: they work, but a restart of the studio would lose them',
    );
  };
  let before: QuestionFile['before'] = { list: new QuestionList(), pin: undefined };
  try {
    bytes = statSync(path).size;
    if (bytes > 2 * MAX_BYTES) throw new Error('the file is too large');
    before = replay(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') complain(error);
  }
  const close = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  return {
    before,
    write(line) {
      try {
        if (bytes > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
        if (file === undefined) {
          mkdirSync(dir, { recursive: true, mode: 0o700 });
          file = openSync(path, 'a', 0o600);
          // After a crash the last line may lack its end.
          if (bytes > 0) bytes += writeSync(file, '\n');
        }
        bytes += writeSync(file, `${JSON.stringify(line)}\n`);
      } catch (error) {
        complain(error);
      }
    },
    forget() {
      close();
      rmSync(path, { force: true });
    },
    [Symbol.dispose]: close,
  };
}

/** Removes files of rooms that ended while no cell could. */
export function removeStaleQuestions(dir: string, wall: number): void {
  try {
    for (const name of readdirSync(dir)) {
      const path = join(dir, name);
      if (wall - statSync(path).mtimeMs > STALE_MS) rmSync(path, { force: true });
    }
  } catch {
    // There is no folder yet.
  }
}

/** Reads the lines again; one that is broken costs itself alone. */
function replay(text: string): QuestionFile['before'] {
  const list = new QuestionList();
  let pin: Pin | undefined;
  for (const line of text.split('\n')) {
    const it = parsed(line);
    if (!it) continue;
    if (it.do === 'pin') pin = isPin(it.pin) ? it.pin : undefined;
    else if (it.do === 'ask') {
      const question = asked(it);
      if (question) list.restore(question);
    } else if (it.do === 'vote') {
      if (typeof it.device === 'string') list.vote(String(it.id), it.device, '');
    } else if (it.do === 'turn') {
      const question = list.get(String(it.id));
      if (question && STANDINGS.has(it.standing) && Number.isFinite(it.at)) {
        list.turn(question, it.standing, it.at);
        question.before = it.before !== undefined && STANDINGS.has(it.before) ? it.before : undefined;
      }
    }
  }
  return { list, pin };
}

const STANDINGS: ReadonlySet<string> = new Set<QuestionStanding>(['open', 'answered', 'hidden']);

function parsed(line: string): QuestionLine | undefined {
  try {
    const it: unknown = JSON.parse(line);
    return it !== null && typeof it === 'object' && 'do' in it ? (it as QuestionLine) : undefined;
  } catch {
    return undefined;
  }
}

function asked(it: Extract<QuestionLine, { do: 'ask' }>): KeptQuestion | undefined {
  const { id, text, name, device, asked: at } = it;
  const whole =
    [id, text, device].every((one) => typeof one === 'string' && one !== '') &&
    (name === undefined || typeof name === 'string') &&
    Number.isFinite(at);
  if (!whole) return undefined;
  return {
    ...{ id, text, name, device, asked: at, network: '', standing: 'open' },
    ...{ voters: new Set(), from: new Map() },
  };
}

const isPin = (pin: Pin | undefined): pin is Pin =>
  typeof pin === 'object' &&
  pin !== null &&
  typeof pin.id === 'string' &&
  typeof pin.text === 'string' &&
  Number.isFinite(pin.at) &&
  (pin.link === undefined || (typeof pin.link === 'string' && pin.link.startsWith('https://')));
