import { Fetcher } from './fetcher.ts';
import type { Crew, Person, Whereabouts } from './person.ts';

/** The most files of a page that are loaded. */
const MAX_FILES = 16;

/** A visitor who loads the room's page and what it needs, one after the other, and then becomes a listener. */
export class Visitor implements Person {
  readonly #crew: Crew;
  readonly #fetcher: Fetcher;
  readonly #began: number;
  readonly #then: () => Person;
  #listener: Person | undefined;

  /** `then` creates the listener, once the page is loaded or has failed. */
  constructor(crew: Crew, from: string | undefined, then: () => Person) {
    this.#crew = crew;
    this.#began = crew.clock.now();
    this.#then = then;
    this.#fetcher = new Fetcher(crew, from);
    this.#fetcher.get(`/r/${crew.order.slug}`, {
      whole: (status, text) => this.#files(status === 200 ? filesOf(text) : []),
      failed: () => this.#join(),
    });
  }

  #files(left: readonly string[]) {
    const [path, ...rest] = left;
    if (path === undefined) {
      this.#crew.counter.count('pages');
      this.#crew.counter.measure('page', this.#crew.clock.now() - this.#began);
      return this.#join();
    }
    this.#fetcher.get(path, {
      piece: () => {},
      whole: () => this.#files(rest),
      failed: () => this.#join(),
    });
  }

  #join(): void {
    this.#fetcher.close();
    this.#listener ??= this.#then();
  }

  sweep(now: number): void {
    if (this.#listener) this.#listener.sweep(now);
    else this.#fetcher.sweep(now);
  }

  where(now: number): Whereabouts {
    return this.#listener?.where(now) ?? 'waiting';
  }

  leave(now: number): void {
    this.#fetcher.close();
    // After leaving, nobody joins any more.
    this.#listener?.leave(now);
  }
}

/** Scripts and style sheets of this server that a page names. */
function filesOf(html: string): string[] {
  const found = [...html.matchAll(/(?:src|href)="(\/_\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path ?? '');
  return [...new Set(found)].slice(0, MAX_FILES);
}
