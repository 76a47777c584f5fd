import { ERRORS, type ErrorCode } from '../../base/errors.ts';
import { find } from '../../http/index.ts';
import type { Requester } from '../socket/connection.ts';

/**
 * A request that was answered or refused. There is one such object in a process, and the next request overwrites it:
 * whoever is told of it copies what they need before they return.
 */
export interface FinishedRequest {
  /** Who asked; `requester.network.prefix` is their network (/24, /48), undefined for this machine. */
  readonly requester: Requester;
  /** On the monotonic clock, ms. */
  readonly at: number;
  /** Empty where the head could not be read. */
  readonly method: string;
  /** As it was written, without the query; empty where the head could not be read. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Of the answer; 0: closed without one. */
  readonly status: number;
  /**
   * Bytes of the answer, head included, as far as they had been written; several answers that were written at once are
   * counted with the first of them. Of a stream: what it began with.
   */
  readonly bytes: number;
  /** Time of this process, µs; where it is not measured, what it usually takes (see `COST`). */
  readonly cpu: number;
  /** From the request to the end of its answer, ms. A stream's answer ends, in this sense, with its first bytes. */
  readonly duration: number;
  /** The row of the table of addresses (`Address.id`); `none` where no row matches or the head could not be read. */
  readonly kind: string;
}

/** Is told of each request that is over. It must be quick and must not throw. */
export type RequestListener = (request: FinishedRequest) => void;

const NOBODY: Requester = {
  ...{ address: '', agent: '', proxied: false, forwardedFor: undefined, key: 1, prefixKey: 0, networkKey: 0 },
  network: { prefix: undefined, place: -1 },
};

class OnlyRequest implements FinishedRequest {
  requester = NOBODY;
  at = 0;
  method = '';
  path = '';
  query = '';
  status = 0;
  bytes = 0;
  cpu = 0;
  duration = 0;

  /** Looked up when somebody wants to know: for shared files that would be a good part of their cost. */
  get kind(): string {
    return find(this.path)?.address.id ?? 'none';
  }
}

/** Tells whoever listens of every request that is over: who asked for what, and what it cost. Nothing is kept. */
export class FinishedRequests {
  readonly #listeners: RequestListener[] = [];
  readonly #request = new OnlyRequest();

  /** From now on `listener` is told. */
  listen(listener: RequestListener): void {
    this.#listeners.push(listener);
  }

  /** A request is over; its parts are in the order of `FinishedRequest`. */
  tell(
    requester: Requester,
    at: number,
    method: string,
    path: string,
    query: string,
    status: number,
    bytes: number,
    cpu: number,
    duration: number,
  ): void {
    const request = this.#request;
    request.requester = requester;
    request.at = at;
    request.method = method;
    request.path = path;
    request.query = query;
    request.status = status;
    request.bytes = bytes;
    request.cpu = cpu;
    request.duration = duration;
    for (const listener of this.#listeners) listener(request);
  }

  /** A request for a stream has been answered with its beginning, or refused; `target` has its query. */
  joined(
    requester: Requester,
    at: number,
    target: string,
    refusal: ErrorCode | undefined,
    bytes: number,
    cpu: number,
  ): void {
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const query = mark < 0 ? '' : target.slice(mark + 1);
    this.tell(
      requester,
      at,
      'GET',
      path,
      query,
      refusal ? ERRORS[refusal].status : 200,
      bytes,
      cpu,
      cpu / 1_000,
    );
  }
}
