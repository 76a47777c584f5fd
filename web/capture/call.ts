import { type Ms, ms } from '../../src/base/time.ts';
import { retryDelay } from './backoff.ts';
import { askIceServers, hangUp, isPassing, isRefusal, type Refusal, type Token } from './exchange.ts';
import {
  CONNECT_TIMEOUT,
  type Exchange,
  establish,
  offered,
  type PeerSession,
  restartIce,
  untilLost,
} from './peer-session.ts';

/** The state of a call. `lost` retries by itself; `refused` and `closed` are final until the next `open`. */
export type CallState =
  | { readonly at: 'idle' | 'connecting' | 'on' | 'closed' }
  | { readonly at: 'lost'; readonly tries: number; readonly why?: Refusal }
  | { readonly at: 'refused'; readonly why: Refusal };

/** What a call needs: a WHIP or WHEP endpoint, and what is negotiated with it. */
export interface CallOptions {
  readonly url: string;
  readonly token: Token;
  /** Adds the tracks or receive slots to a fresh connection. */
  prepare(peer: RTCPeerConnection): void;
  tuneOffer(sdp: string): string;
  tuneAnswer(sdp: string): string;
  state(state: CallState): void;
  /** Awaited before each try, until there is something to ask the studio for; no wait when absent. */
  ready?(signal: AbortSignal): Promise<void>;
  /** The ICE servers, where they are known already; absent: the studio is asked for them. */
  servers?(): readonly RTCIceServer[] | undefined;
  /** Called when a connection that was made ahead is used: what it needs is there now. */
  adopt?(): void;
  /** Replaced in tests. */
  readonly fetch?: typeof fetch;
  readonly peer?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** A WebRTC session with the studio that reconnects by itself; `open` begins it, `close` ends it. */
export interface Call {
  /**
   * Makes the browser's half of a connection, keys and candidates, before there is a token: the next `open` only has
   * to ask the studio. It is of no use, and ended, where the studio names ICE servers.
   */
  warm(): void;
  /** Begins, also after `refused` or `closed`. `takeover` ends a session that uses this link somewhere else. */
  open(takeover?: boolean): void;
  /** Something suggests that the studio no longer has this session: asks, and reconnects if that is true. */
  suspect(): void;
  /** Ends the call and gives up the place on stage. With `keep` the place stays for the next session. */
  close(keep?: boolean): void;
}

/** The most time that a try may take to connect; each try may take 4 s longer than the one before. */
const MOST_CONNECT_TIMEOUT = ms(16_000);

/** Prepares a call; nothing is sent before `open`. */
export function openCall(options: CallOptions): Call {
  const stops: { current: AbortController | undefined } = { current: undefined };
  let nudge: () => void = () => {};
  let suspicion: () => void = () => {};
  let keeping = false;
  let ahead: ReturnType<typeof offered> | undefined;

  const cool = (): void => {
    ahead?.peer.close();
    ahead = undefined;
  };

  async function run(signal: AbortSignal, takeover: boolean): Promise<void> {
    const exchange: Exchange = {
      token: options.token,
      signal,
      ...(options.fetch ? { fetch: options.fetch } : {}),
    };
    options.state({ at: 'connecting' });
    await options.ready?.(signal);
    if (signal.aborted) return;
    let servers = [...(options.servers?.() ?? (await askIceServers(options.url, exchange)))];
    if (servers.length > 0) cool();
    let tries = 0;
    let take = takeover;
    let before: PeerSession | undefined;
    const again = async (why: Refusal): Promise<void> => {
      options.state({ at: 'lost', tries, why });
      await wait(retryDelay(tries++, why.retryAfter), signal);
    };
    while (!signal.aborted) {
      await options.ready?.(signal);
      if (signal.aborted) break;
      let live: PeerSession | Refusal | undefined;
      if (before) {
        live = await restartIce(before, exchange);
        if (isRefusal(live) && unheard(live)) {
          await again(live);
          continue;
        }
        // The studio now knows that this session cannot go on; it keeps the place for our next offer.
        if (isRefusal(live)) before.peer.close();
        if (isRefusal(live)) before = live = undefined;
      }
      const made = ahead;
      ahead = undefined;
      if (made && !live) options.adopt?.();
      live ??= await establish({ ...options, leave }, exchange, servers, take, patience(tries), made);
      if (signal.aborted) return isRefusal(live) ? undefined : leave(live);
      if (isRefusal(live)) {
        if (!isPassing(live)) return options.state({ at: 'refused', why: live });
        await again(live);
        continue;
      }
      take = false;
      tries = 0;
      before = live;
      if (live.session.iceServers.length > 0) servers = [...live.session.iceServers];
      options.state({ at: 'on' });
      await untilLost(live, exchange, (ask) => {
        suspicion = ask ?? (() => {});
      });
      if (!signal.aborted) options.state({ at: 'lost', tries });
    }
    if (before) leave(before);
  }

  function leave({ peer, session }: PeerSession): void {
    peer.close();
    if (keeping) return;
    void hangUp(session, { token: options.token, ...(options.fetch ? { fetch: options.fetch } : {}) });
  }

  function wait(delay: Ms, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        nudge = () => {};
        resolve();
      };
      const timer = setTimeout(done, delay);
      signal.addEventListener('abort', done, { once: true });
      nudge = done;
    });
  }

  const online = () => nudge();

  return {
    warm() {
      if (ahead || stops.current) return;
      ahead = offered(options, []);
      ahead.done.catch(cool);
    },
    open(takeover = false) {
      stops.current?.abort();
      keeping = false;
      const stop = new AbortController();
      stops.current = stop;
      globalThis.addEventListener?.('online', online, { signal: stop.signal });
      void run(stop.signal, takeover);
    },
    suspect: () => suspicion(),
    close(keep = false) {
      cool();
      if (!stops.current) return;
      keeping = keep;
      stops.current.abort();
      stops.current = undefined;
      options.state({ at: 'closed' });
    },
  };
}

/** True when the studio has not decided anything: it may still have the old session. */
const unheard = (why: Refusal): boolean => why.status === 0 || why.status === 429 || why.status >= 500;

/** Grows with the tries: a busy machine connects in the end, and a blocked path is reported soon. */
const patience = (tries: number): Ms => ms(Math.min(CONNECT_TIMEOUT * (tries + 1), MOST_CONNECT_TIMEOUT));
