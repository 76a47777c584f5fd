import { type Ms, ms } from '../../src/base/time.ts';
import {
  type AnsweredSession,
  type ExchangeOptions,
  isAlive,
  isRefusal,
  offer,
  type Refusal,
  restart,
} from './exchange.ts';
import { restartedAnswer, restartFragment } from './sdp.ts';

/** The time that the first offer, or an ICE restart, may take to connect. */
export const CONNECT_TIMEOUT = ms(4_000);
/** How long ICE may stay `disconnected` before we reconnect; shorter outages heal by themselves. */
const PATIENCE = ms(1_000);
/** How often the studio is asked whether it still has us. */
const PROBE = ms(3_000);
/** Candidates found within this time travel in the offer; later ones are found by the peer itself. */
const GATHERING = ms(250);

/** A session with the studio and the browser's connection that carries it. */
export interface PeerSession {
  readonly peer: RTCPeerConnection;
  readonly session: AnsweredSession;
  /** The answer that the connection was given. */
  readonly answer: string;
}

/** An exchange that can be aborted. */
export type Exchange = ExchangeOptions & { readonly signal: AbortSignal };

/** How a connection is made. */
export interface PeerOptions {
  readonly url: string;
  prepare(peer: RTCPeerConnection): void;
  tuneOffer(sdp: string): string;
  tuneAnswer(sdp: string): string;
  /** Closes a session that did not connect. */
  leave(live: PeerSession): void;
  readonly peer?: ((configuration: RTCConfiguration) => RTCPeerConnection) | undefined;
}

/** A connection of the browser that has its offer, with candidates, and has sent nothing. */
export function offered(
  options: Pick<PeerOptions, 'prepare' | 'peer'>,
  servers: RTCIceServer[],
): { readonly peer: RTCPeerConnection; readonly done: Promise<void> } {
  const peer = (options.peer ?? ((c) => new RTCPeerConnection(c)))({
    iceServers: servers,
    bundlePolicy: 'max-bundle',
  });
  const make = async (): Promise<void> => {
    options.prepare(peer);
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
  };
  return { peer, done: make() };
}

/** Offers a session and waits until sound can flow, `within` this time; on a connection made `ahead`, if there is one. */
export async function establish(
  options: PeerOptions,
  exchange: Exchange,
  servers: RTCIceServer[],
  take: boolean,
  within: Ms,
  ahead?: ReturnType<typeof offered>,
): Promise<PeerSession | Refusal> {
  const { peer, done } = ahead ?? offered(options, servers);
  try {
    await done;
    const url = take ? `${options.url}?takeover=1` : options.url;
    const session = await offer(url, options.tuneOffer(peer.localDescription?.sdp ?? ''), exchange);
    if (isRefusal(session)) {
      peer.close();
      return session;
    }
    const answer = options.tuneAnswer(session.answer);
    await peer.setRemoteDescription({ type: 'answer', sdp: answer });
    const live: PeerSession = { peer, session, answer };
    if (await connected(peer, exchange.signal, within)) return live;
    options.leave(live);
    return failure('The studio answered, but no sound path to it was found (UDP blocked?).');
  } catch (error) {
    peer.close();
    return failure(String(error));
  }
}

/**
 * Restarts ICE on a session that was lost, for another network path to the same place. A refusal with status 422 says
 * that this session cannot go on.
 */
export async function restartIce(live: PeerSession, exchange: Exchange): Promise<PeerSession | Refusal> {
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
    if (await connected(peer, exchange.signal, CONNECT_TIMEOUT)) return { ...live, answer };
    return { ...failure('the restart did not connect'), status: 422 };
  } catch (error) {
    return { ...failure(String(error)), status: 422 };
  }
}

/**
 * Waits until a session is lost, or the exchange is aborted. `suspicion` is given the way to ask the studio at once
 * whether it still has us, and undefined when the wait is over.
 */
export function untilLost(
  { peer, session }: PeerSession,
  exchange: Exchange,
  suspicion: (ask: (() => void) | undefined) => void,
): Promise<void> {
  const { signal } = exchange;
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const transport = transportOf(peer);
    const done = () => {
      clearTimeout(timer);
      clearInterval(probe);
      peer.removeEventListener('connectionstatechange', look);
      transport?.removeEventListener('statechange', look);
      signal.removeEventListener('abort', done);
      suspicion(undefined);
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
    // A session that was replaced elsewhere, or that a restarted studio does not know: ICE would need 7 s to notice.
    let asking = false;
    const ask = async () => {
      if (asking) return;
      asking = true;
      if (!(await isAlive(session, exchange))) done();
      asking = false;
    };
    const probe = setInterval(() => void ask(), PROBE);
    suspicion(() => void ask());
    look();
  });
}

/** Sent when the connection is closed and cannot be restarted: it frees the place for our next offer. */
const LEAVING = 'a=ice-ufrag:none\r\na=ice-pwd:nonenonenonenonenonenone\r\n';

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
