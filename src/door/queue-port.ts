import type { Reply } from '../base/reply.ts';

/** What the door needs of the queue in the same process. */
export interface DoorQueue {
  /** Tickets, `queue.json` and the page without scripts; undefined when the path is not the queue's. */
  answer(request: {
    readonly method: string;
    readonly path: string;
    readonly query: URLSearchParams;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    /** True when the client speaks TLS, to this door or to a listed proxy in front. */
    readonly secure: boolean;
    /** Need not be read to its end: the answer is still sent. */
    readonly body: AsyncIterable<Uint8Array>;
  }): Promise<Reply> | undefined;
  /**
   * Decides where a stream request goes. It counts, so call it once per request. `closeOther` closes the live stream that
   * the holder of a seat has at this door; true when there was one.
   */
  place(
    slug: string,
    ticket?: string,
    closeOther?: (holder: string) => boolean,
  ): { readonly at: 'live' | 'ring'; readonly seat?: string; readonly holder?: string };
}
