import type { Socket } from 'node:net';
import type { Wire } from './connection.ts';
import { type Crew, causeOf } from './person.ts';
import { ResponseReader, type ResponseSink } from './response-reader.ts';

/** Receives an answer. */
export interface Taker {
  /** Called with each piece of the body of a 200. Bytes may be overwritten afterwards. */
  piece?(chunk: Buffer, at: number, end: number): void;
  /** The answer is complete; `text` is its body unless `piece` received it. */
  whole(status: number, text: string): void;
  /** Statuses of 400 and above that are not errors. */
  readonly expected?: readonly number[];
  /** There is no answer; it has already been counted under this cause. */
  failed(cause: string): void;
}

/** Longer texts are truncated: a playlist or page is far shorter. */
const MAX_TEXT = 512 << 10;
/** Time limit in ms for a response. */
const PATIENCE = 10_000;

/** One kept-alive connection that asks for one thing after the other. */
export class Fetcher implements Wire, ResponseSink {
  readonly #crew: Crew;
  readonly #from: string | undefined;
  #socket: Socket | undefined;
  #open = false;
  #reader = new ResponseReader(this);
  #taker: Taker | undefined;
  #request = '';
  #status = 0;
  #text: Buffer[] = [];
  #length = 0;
  #deadline = Number.POSITIVE_INFINITY;

  constructor(crew: Crew, from: string | undefined) {
    this.#crew = crew;
    this.#from = from;
  }

  /** True when no request is in progress. */
  get idle(): boolean {
    return this.#taker === undefined;
  }

  /** Asks for a path; one at a time. */
  get(path: string, taker: Taker): void {
    this.#ask(`GET ${path}`, '', taker);
  }

  /** Sends JSON to a path; one at a time. */
  post(path: string, json: string, taker: Taker): void {
    const length = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n`;
    this.#ask(`POST ${path}`, length, taker, json);
  }

  #ask(line: string, headers: string, taker: Taker, body = ''): void {
    const { order, clock, counter, dialler } = this.#crew;
    this.#taker = taker;
    this.#text = [];
    this.#length = 0;
    this.#deadline = clock.now() + PATIENCE;
    this.#request = `${line} HTTP/1.1\r\nHost: ${order.address.name}\r\nUser-Agent: earshot-crowd\r\nAccept: */*\r\n${headers}\r\n${body}`;
    this.#reader.next();
    if (this.#socket && this.#open) this.#socket.write(this.#request, 'latin1');
    else if (!this.#socket) {
      counter.count('connections');
      this.#socket = dialler.dial(this, this.#from);
    }
  }

  opened(): void {
    this.#open = true;
    if (this.#taker) this.#socket?.write(this.#request, 'latin1');
  }

  data(chunk: Buffer, end: number): void {
    this.#crew.counter.count('bytes', end);
    this.#reader.push(chunk, 0, end);
  }

  head(status: number): void {
    this.#status = status;
  }

  body(chunk: Buffer, at: number, end: number): void {
    if (this.#taker?.piece && this.#status === 200) this.#taker.piece(chunk, at, end);
    else if (this.#length < MAX_TEXT) {
      this.#text.push(Buffer.from(chunk.subarray(at, end)));
      this.#length += end - at;
    }
  }

  done(): void {
    const taker = this.#taker;
    const text = Buffer.concat(this.#text).toString();
    this.#taker = undefined;
    this.#text = [];
    this.#deadline = Number.POSITIVE_INFINITY;
    if (this.#status >= 400 && !taker?.expected?.includes(this.#status))
      this.#crew.counter.error(`http-${this.#status}`);
    taker?.whole(this.#status, text);
  }

  broken(): void {
    this.#fail('structure');
  }

  over(socket: Socket, error: string | undefined) {
    if (socket !== this.#socket) return;
    // A kept-alive connection may be closed between two requests.
    if (!this.#taker) return this.close();
    this.#fail(error === undefined ? 'closed' : causeOf(error));
  }

  /** Gives up a request that takes too long. */
  sweep(now: number): void {
    if (this.#taker && now >= this.#deadline) this.#fail('timeout');
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#open = false;
    if (socket && !socket.destroyed) socket.resetAndDestroy();
  }

  #fail(cause: string): void {
    const taker = this.#taker;
    this.#taker = undefined;
    this.#crew.counter.error(cause);
    this.close();
    taker?.failed(cause);
  }
}
