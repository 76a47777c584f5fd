import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Verdict } from '../verdict/index.ts';
import type { IncidentBook, IncidentLine } from './incident-book.ts';
import { requestFindingOf } from './request-finding.ts';

/** While an incident lasts, its requests are judged so often, and never twice at once. */
const JUDGE_MS = 20_000;

/** Dependencies of judging the requests of incidents. */
export interface RequestJudgingDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly book: IncidentBook;
  /** What the requests from `from` to `to` (wall-clock ms) and before support; default: none are known. */
  requests?(from: number, to: number): Promise<Verdict | undefined>;
  /** Writes down what is said of an incident that is over. */
  write(line: IncidentLine | undefined): void;
  /** Something of an incident that lasts has changed. */
  changed(id: string): void;
}

/** Says again and again what the requests of an incident support, and at its end for good. */
export class RequestJudging implements AsyncDisposable {
  readonly #deps: RequestJudgingDeps;
  #at = Number.NEGATIVE_INFINITY;
  #work: Promise<void> = Promise.resolve();

  constructor(deps: RequestJudgingDeps) {
    this.#deps = deps;
  }

  /** Call about once a second; `over`: the incident that has just ended. */
  tick(wall: number, over: string | undefined): void {
    const { current } = this.#deps.book;
    if (over !== undefined) this.#judge(over, true);
    else if (current && wall - this.#at >= JUDGE_MS) this.#judge(current.id, false);
  }

  /** Takes what is known already of the incident that lasts. */
  found(verdict: Verdict | undefined): void {
    const { book, changed } = this.#deps;
    if (!verdict || !book.current) return;
    book.requests(book.current.id, requestFindingOf(verdict));
    changed(book.current.id);
  }

  #judge(id: string, over: boolean): void {
    const { clock, log, book, requests, write, changed } = this.#deps;
    this.#at = Number.POSITIVE_INFINITY;
    this.#work = this.#work.then(async () => {
      try {
        const { from, to = clock.wall() } = book.get(id)?.window ?? { from: 0, to: 0 };
        const found = await requests?.(from, to);
        if (!found) return;
        const line = book.requests(id, requestFindingOf(found));
        if (over) write(line);
        else changed(id);
      } catch (error) {
        log.warn(
          { id, error: String(error) },
          'the requests of an incident could not be judged: its page says that they are not known',
        );
      } finally {
        this.#at = clock.wall();
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#work;
  }
}
