import { type Ms, ms } from '../../src/base/time.ts';
import { retryDelay } from './backoff.ts';
import {
  askIceServers,
  type ExchangeOptions,
  hangUp,
  isAlive,
  isPassing,
  isRefusal,
  offer,
  type Refusal,
  restart,
  type Session,
  type Token,
} from './exchange.ts';
import { restartedAnswer, restartFragment } from './sdp.ts';

/** Where a call is in its life. `lost` retries by itself; `refused` and `closed` are final until `open` again. */
export type CallState =
  | { readonly at: 'idle' | 'connecting' | 'on' | 'closed' }
  | { readonly at: 'lost'; readonly tries: number; readonly why?: Refusal }
  | { readonly at: 'refused'; readonly why: Refusal };

/** One WebRTC session with the studio that comes back by itself: a WHIP or a WHEP endpoint and what is negotiated. */
export interface CallOptions {
  readonly url: string;
  readonly token: Token;
  /** Adds the tracks or receive slots to a fresh connection. */
  prepare(peer: RTCPeerConnection): void;
  tuneOffer(sdp: string): string;
  tuneAnswer(sdp: string): string;
  state(state: CallState): void;
  /** Waits until asking the studio makes sense, before each try; at once when absent. */
  ready?(signal: AbortSignal): Promise<void>;
  /** Replaced in tests. */
  readonly fetch?: typeof fetch;
  readonly peer?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** A call; `open` begins it, `close` ends it for good. */
export interface Call {
  /** Begins, or begins again after `refused` or `closed`. `takeover` ends whoever speaks with this link elsewhere. */
  open(takeover?: boolean): void;
  /** Somebody else noticed that the studio does not have us: check and come back. */
  suspect(): void;
  /** Ends the call and gives the place up, unless `keep`: then the next session takes the place over. */
  close(keep?: boolean): void;
}

/** How long an offer may take to connect before it is tried again; each next try may take as much longer, up to the most. */
export const CONNECT_TIMEOUT = ms(4_000);
const MOST_CONNECT_TIMEOUT = ms(16_000);
/** How long ICE may be `disconnected` before we act; shorter outages heal by themselves. */
export const PATIENCE = ms(1_000);
/** How often the studio is asked whether it still has us. */
const PROBE = ms(3_000);
/** Candidates found within this time travel in the offer; later ones are found by the peer itself. */
const GATHERING = ms(250);

type Live = { peer: RTCPeerConnection; session: Session; answer: string };

/** Prepares a call; nothing is sent before `open`. */
export function openCall(options: CallOptions): Call {
  const stops: { current: AbortController | undefined } = { current: undefined };
  let nudge: () => void = () => {};
  let suspicion: () => void = () => {};
  let keeping = false;

  async function run(signal: AbortSignal, takeover: boolean): Promise<void> {
    const exchange: ExchangeOptions = {
      token: options.token,
      signal,
      ...(options.fetch ? { fetch: options.fetch } : {}),
    };
    options.state({ at: 'connecting' });
    await options.ready?.(signal);
    if (signal.aborted) return;
    let servers = await askIceServers(options.url, exchange);
    let tries = 0;
    let take = takeover;
    let before: Live | undefined;
    const again = async (why: Refusal): Promise<void> => {
      options.state({ at: 'lost', tries, why });
      await wait(retryDelay(tries++, why.retryAfter), signal);
    };
    while (!signal.aborted) {
      await options.ready?.(signal);
      if (signal.aborted) break;
      let live: Live | Refusal | undefined;
      if (before) {
        live = await restarted(before, exchange, signal);
        if (isRefusal(live) && unheard(live)) {
          await again(live);
          continue;
        }
        // Told that we cannot go on there, the studio keeps the place and takes the next offer for ours.
        if (isRefusal(live)) before.peer.close();
        if (isRefusal(live)) before = live = undefined;
      }
      live ??= await connect(exchange, servers, take, signal, patience(tries));
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
      await loss(live, exchange, signal);
      if (!signal.aborted) options.state({ at: 'lost', tries });
    }
    if (before) leave(before);
  }

  async function connect(
    exchange: ExchangeOptions,
    servers: RTCIceServer[],
    take: boolean,
    signal: AbortSignal,
    within: Ms,
  ) {
    const peer = (options.peer ?? ((c) => new RTCPeerConnection(c)))({
      iceServers: servers,
      bundlePolicy: 'max-bundle',
    });
    try {
      options.prepare(peer);
      await peer.setLocalDescription(await peer.createOffer());
      await gathered(peer);
      const url = take ? `${options.url}?takeover=1` : options.url;
      const session = await offer(url, options.tuneOffer(peer.localDescription?.sdp ?? ''), exchange);
      if (isRefusal(session)) {
        peer.close();
        return session;
      }
      const answer = options.tuneAnswer(session.answer);
      await peer.setRemoteDescription({ type: 'answer', sdp: answer });
      const live: Live = { peer, session, answer };
      if (await connected(peer, signal, within)) return live;
      leave(live);
      return failure('The studio answered, but no sound path to it was found (UDP blocked?).');
    } catch (error) {
      peer.close();
      return failure(String(error));
    }
  }

  async function restarted(
    live: Live,
    exchange: ExchangeOptions,
    signal: AbortSignal,
  ): Promise<Live | Refusal> {
    const { peer } = live;
    try {
      let fragment = LEAVING;
      if (peer.connectionState !== 'closed') {
        await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
        await gathered(peer);
        fragment = restartFragment(peer.localDescription?.sdp ?? '');
      }
      const reply = await restart(live.session, fragment, exchange);
      if (typeof reply !== 'string') return reply;
      const answer = restartedAnswer(live.answer, reply);
      if (!answer) return { ...failure('no restart'), status: 422 };
      await peer.setRemoteDescription({ type: 'answer', sdp: answer });
      if (await connected(peer, signal, CONNECT_TIMEOUT)) return { ...live, answer };
      return { ...failure('the restart did not connect'), status: 422 };
    } catch (error) {
      return { ...failure(String(error)), status: 422 };
    }
  }

  function leave({ peer, session }: Live): void {
    peer.close();
    if (keeping) return;
    void hangUp(session, { token: options.token, ...(options.fetch ? { fetch: options.fetch } : {}) });
  }

  function loss({ peer, session }: Live, exchange: ExchangeOptions, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const transport = transportOf(peer);
      const done = () => {
        clearTimeout(timer);
        clearInterval(probe);
        peer.removeEventListener('connectionstatechange', look);
        transport?.removeEventListener('statechange', look);
        signal.removeEventListener('abort', done);
        suspicion = () => {};
        resolve();
      };
      const look = () => {
        clearTimeout(timer);
        const state = peer.connectionState;
        // A studio that stops says goodbye in DTLS, seconds before ICE notices.
        const goodbye = transport?.state === 'closed' || transport?.state === 'failed';
        if (goodbye || state === 'failed' || state === 'closed') done();
        else if (state === 'disconnected') timer = setTimeout(done, PATIENCE);
      };
      peer.addEventListener('connectionstatechange', look);
      transport?.addEventListener('statechange', look);
      signal.addEventListener('abort', done, { once: true });
      // Replaced elsewhere or forgotten by a new studio: ICE would take seven seconds to find out.
      let asking = false;
      const ask = async () => {
        if (asking) return;
        asking = true;
        if (!(await isAlive(session, exchange))) done();
        asking = false;
      };
      const probe = setInterval(() => void ask(), PROBE);
      suspicion = () => void ask();
      look();
    });
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
      if (!stops.current) return;
      keeping = keep;
      stops.current.abort();
      stops.current = undefined;
      options.state({ at: 'closed' });
    },
  };
}

/** Sent as a restart when there is nothing left to restart: the answer frees the place for our next offer. */
const LEAVING = 'a=ice-ufrag:none\r\na=ice-pwd:nonenonenonenonenonenone\r\n';

/** The studio has not answered: it still believes in the old session. */
const unheard = (why: Refusal): boolean => why.status === 0 || why.status === 429 || why.status >= 500;

const failure = (detail: string): Refusal => ({
  refused: true,
  status: 0,
  code: 'network',
  detail,
  retryAfter: ms(0),
});

const transportOf = (peer: RTCPeerConnection): RTCDtlsTransport | null | undefined =>
  peer.getTransceivers().find((it) => it.sender.transport)?.sender.transport ??
  peer.getReceivers().find((it) => it.transport)?.transport;

function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    if (peer.iceGatheringState === 'complete') return resolve();
    const timer = setTimeout(resolve, GATHERING);
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A machine that has much to do gets through in the end; a path that is blocked is soon told as such. */
const patience = (tries: number): Ms => ms(Math.min(CONNECT_TIMEOUT * (tries + 1), MOST_CONNECT_TIMEOUT));

function connected(peer: RTCPeerConnection, signal: AbortSignal, within: Ms): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (value: boolean) => {
      clearTimeout(timer);
      peer.removeEventListener('connectionstatechange', look);
      signal.removeEventListener('abort', stop);
      resolve(value);
    };
    const stop = () => end(false);
    const look = () => {
      if (peer.connectionState === 'connected') end(true);
      else if (peer.connectionState === 'failed' || peer.connectionState === 'closed') end(false);
    };
    const timer = setTimeout(() => end(false), within);
    peer.addEventListener('connectionstatechange', look);
    signal.addEventListener('abort', stop);
    look();
  });
}
