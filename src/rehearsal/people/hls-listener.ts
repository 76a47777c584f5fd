import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT } from '../../base/time.ts';
import { Account } from './account.ts';
import { Fetcher } from './fetcher.ts';
import { Continuity, type Crew, DELAYED_FROM_MS, type Person, type Whereabouts } from './person.ts';
import { StreamReader, type StreamSink } from './stream-reader.ts';

/** How often a player checks for a new segment. */
const POLL_MS = 2_500;
/** After a failure. */
const RETRY_MS = 1_000;
/** This much must be buffered before it plays, because the next segment may be a whole poll late. Fragments. */
const ENOUGH = 2 * FRAGMENTS_PER_SEGMENT;
/** Players begin with the third segment from the end. Spec: RFC 8216bis, 6.3.3. */
const BEHIND = 3;

/** A listener with an HLS player: playlist, then whole segments, on one kept-alive connection. */
export class HlsListener implements Person, StreamSink {
  readonly #crew: Crew;
  readonly #account: Account;
  readonly #fetcher: Fetcher;
  readonly #continuity = new Continuity();
  #reader: StreamReader | undefined;
  #playlist = '';
  #queue: string[] = [];
  #taken = '';
  #gone = false;
  #delayed = false;
  #over = false;
  /** Fragments received before it plays. */
  #stock = 0;
  #dry = -1;
  #nextAt = Number.POSITIVE_INFINITY;

  constructor(crew: Crew, from: string | undefined, arrived: number) {
    this.#crew = crew;
    this.#account = new Account(crew, arrived);
    this.#fetcher = new Fetcher(crew, from);
    this.#master();
  }

  #master(): void {
    const { order } = this.#crew;
    const base = `/r/${order.slug}/live/`;
    this.#ask(`${base}${order.codec === 'aac' ? 'main' : 'opus'}.m3u8`, (text) => {
      const lines = text.split('\n');
      const at = lines.findIndex((line) => line.startsWith('#EXT-X-STREAM-INF'));
      const uri = lines[at + 1];
      if (at < 0 || !uri) return this.#later(RETRY_MS, 'no-playlist');
      this.#playlist = new URL(uri, `http://x${base}`).pathname;
      this.#poll();
    });
  }

  #poll(): void {
    this.#ask(this.#playlist, (text) => {
      const lines = text.split('\n');
      const all = lines.filter((line) => line !== '' && !line.startsWith('#'));
      this.#over = lines.includes('#EXT-X-ENDLIST');
      const seen = all.indexOf(this.#taken);
      const fresh = this.#taken === '' ? all.slice(-BEHIND) : all.slice(seen + 1);
      this.#queue = fresh;
      this.#segment();
    });
  }

  #segment() {
    const uri = this.#queue.shift();
    if (uri === undefined) {
      if (!this.#over) return this.#later(POLL_MS);
      this.#crew.counter.count('over');
      return this.#end();
    }
    this.#reader = new StreamReader(this, true);
    const path = new URL(uri, `http://x${this.#playlist}`).pathname;
    const piece = (chunk: Buffer, at: number, end: number): void => this.#reader?.push(chunk, at, end);
    this.#ask(
      path,
      () => {
        this.#crew.counter.count('segments');
        this.#taken = uri;
        this.#segment();
      },
      piece,
    );
  }

  #ask(
    path: string,
    then: (text: string) => void,
    piece?: (chunk: Buffer, at: number, end: number) => void,
  ): void {
    if (this.#gone) return;
    this.#nextAt = Number.POSITIVE_INFINITY;
    this.#fetcher.get(path, {
      ...(piece ? { piece } : {}),
      whole: (status, text) => {
        if (status === 200) return then(text);
        if (status === 410) {
          this.#crew.counter.count('over');
          return this.#end();
        }
        this.#later(RETRY_MS);
      },
      failed: () => this.#later(RETRY_MS),
    });
  }

  #later(wait: number, cause?: string): void {
    if (cause) this.#crew.counter.error(cause);
    this.#nextAt = this.#crew.clock.now() + wait * (0.75 + this.#crew.random() / 2);
  }

  sound(): void {
    this.#account.sound();
  }

  fragment(seq: number): void {
    const { counter, clock, order } = this.#crew;
    const now = clock.now();
    counter.count('fragments');
    if (!this.#continuity.take(seq, counter)) return;
    if (this.#dry < 0) {
      if (++this.#stock >= ENOUGH) this.#dry = now + this.#stock * FRAGMENT_MS;
      return;
    }
    this.#account.silent(now - this.#dry);
    this.#dry = Math.max(now, this.#dry) + FRAGMENT_MS;
    if (order.zero === undefined) return;
    const delay = clock.wall() + order.clockOffset - order.zero - (seq + 1) * FRAGMENT_MS;
    const ear = delay + this.#dry - now;
    this.#delayed = ear > DELAYED_FROM_MS * 2;
    counter.measure('hlsEar', ear);
  }

  /** Segments carry no notices. */
  notice(): void {}

  broken(): void {
    this.#crew.counter.error('structure');
  }

  sweep(now: number): void {
    if (this.#gone) return;
    this.#fetcher.sweep(now);
    if (now < this.#nextAt) return;
    this.#nextAt = Number.POSITIVE_INFINITY;
    if (this.#playlist === '') this.#master();
    else this.#poll();
  }

  where(now: number): Whereabouts {
    if (this.#gone) return 'gone';
    if (!this.#account.heard || this.#dry < 0) return 'waiting';
    if (this.#dry < now) return 'dry';
    return this.#delayed ? 'ring' : 'hearing';
  }

  leave(now: number): void {
    if (!this.#gone && this.#dry >= 0) this.#account.silent(now - this.#dry);
    this.#end();
  }

  #end(): void {
    this.#gone = true;
    this.#fetcher.close();
  }
}
