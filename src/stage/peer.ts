import { isIP } from 'node:net';
import datachannel, { type PeerConnection, type Track } from 'node-datachannel';
import type { Log } from '../base/log.ts';
import type { OfferPace } from './rtp/pace.ts';
import type { IceTransport } from './signalling/answer.ts';
import { atAddress } from './signalling/candidate.ts';

/** The stage's media port, and the address that clients reach it at. */
export interface Media {
  /** One UDP port for all peers. */
  readonly port: number;
  readonly bindAddress?: string | undefined;
  /** The address for clients when the machine itself has a private one. */
  readonly publicAddress?: string | undefined;
  /** Schedules the offers of this cell. */
  readonly pace: OfferPace;
}

/** Too many offers are waiting in this cell. */
export class TooMuchWaits extends Error {}

/** One m-line from the transport's point of view. */
export interface PeerLine {
  readonly direction: 'RecvOnly' | 'SendOnly';
  readonly payloadType: number;
  /** Our own source, for a line on which we send. */
  readonly ssrc?: number;
  /** Receives every decrypted RTP and RTCP packet of the line; the buffer belongs to the receiver. */
  message(bytes: Buffer): void;
}

/** An encrypted path to one browser: ICE, DTLS and SRTP. */
export interface Peer extends Disposable {
  readonly transport: IceTransport;
  /** Sends RTP or RTCP on line `index`; false when it could not. */
  send(index: number, bytes: Buffer): boolean;
  /** Passes a remote candidate on. It is tried after half a second, if the client has not reached us before. */
  addCandidate(candidate: string): void;
}

/** The states that a peer can change to. */
export type PeerState = 'connected' | 'disconnected' | 'failed' | 'closed';

const GATHERING_MS = 2_000;
/**
 * Delay before a client's candidates are checked. Usually the client reaches us first, because our address is public.
 * Checks of ours that arrive before the client has read our answer make clients built on libdatachannel (OBS) lose the
 * first handshake or the whole connection.
 */
const CANDIDATES_AFTER_MS = 500;

type Guard = <T extends unknown[]>(run: (...values: T) => void) => (...values: T) => void;

/**
 * Wraps callbacks of the library. An exception in one of them would end the process, and uncaughtException does not see
 * it.
 */
function openGuard(log: Log): Guard {
  let complained = -Infinity;
  return (run) =>
    (...values) => {
      try {
        run(...values);
      } catch (error) {
        // It may fail for every packet, so one log line per second is enough.
        if (performance.now() - complained < 1_000) return;
        complained = performance.now();
        log.error(
          { error: error instanceof Error ? error.stack : String(error) },
          'a bug in Earshot was contained in a media connection: please report it with this line',
        );
      }
    };
}

/**
 * Opens the path that answers `offer` and waits for our own addresses. Three conditions are checked before the library
 * is called, because it ends the process when they fail: the UDP port is held (`holdMediaPort`), the description and
 * its single role were accepted, and there is a line.
 * @throws TooMuchWaits, and any error of the library.
 */
export async function openPeer(
  media: Media,
  offer: string,
  lines: readonly PeerLine[],
  changed: (state: PeerState) => void,
  log: Log,
): Promise<Peer> {
  if (lines.length === 0) throw new RangeError('a connection without lines');
  const turn = await media.pace.run(() => beginPeer(media, offer, lines, changed, openGuard(log)));
  if (!turn) throw new TooMuchWaits('Too many offers are waiting right now');
  return turn.done;
}

async function beginPeer(
  media: Media,
  offer: string,
  lines: readonly PeerLine[],
  changed: (state: PeerState) => void,
  guarded: Guard,
): Promise<Peer> {
  const connection = new datachannel.PeerConnection('stage', {
    iceServers: [],
    disableAutoNegotiation: true,
    enableIceUdpMux: true,
    portRangeBegin: media.port,
    portRangeEnd: media.port,
    ...(media.bindAddress === undefined ? {} : { bindAddress: media.bindAddress }),
  });
  let closed = false;
  let connected = false;
  const gathered = Promise.withResolvers<void>();
  // References are kept here, because a track that is garbage-collected closes itself.
  const tracks: Track[] = [];
  const close = (): void => {
    if (closed) return;
    closed = true;
    connection.close();
  };
  try {
    connection.onGatheringStateChange(guarded((state) => void (state === 'complete' && gathered.resolve())));
    connection.onStateChange(
      guarded((state) => {
        if (closed) return;
        if (state === 'connected') connected = true;
        if (state === 'connected' || state === 'disconnected' || state === 'failed' || state === 'closed')
          changed(state);
      }),
    );
    for (const [index, line] of lines.entries())
      tracks.push(addTrack(connection, String(index), line, guarded));
    connection.setRemoteDescription(offer, 'offer');
    if (connection.signalingState() !== 'have-remote-offer')
      throw new Error('the library did not take the offer');
    connection.setLocalDescription('answer');
    const timeout = setTimeout(() => gathered.resolve(), GATHERING_MS);
    await gathered.promise;
    clearTimeout(timeout);
    const transport = readTransport(connection.localDescription()?.sdp ?? '', media);
    return {
      transport,
      send(index, bytes) {
        const track = tracks[index];
        if (closed) return false;
        try {
          return track?.isOpen() === true && track.sendMessageBinary(bytes);
        } catch {
          return false;
        }
      },
      addCandidate(candidate) {
        const hand = guarded(() => {
          if (!closed && !connected) connection.addRemoteCandidate(candidate, '0');
        });
        setTimeout(hand, CANDIDATES_AFTER_MS).unref();
      },
      [Symbol.dispose]: close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function addTrack(connection: PeerConnection, mid: string, line: PeerLine, guarded: Guard): Track {
  const audio = new datachannel.Audio(mid, line.direction);
  audio.addOpusCodec(line.payloadType);
  if (line.ssrc !== undefined) audio.addSSRC(line.ssrc, 'stage', 'stage', mid);
  const track = connection.addTrack(audio);
  track.onMessage(guarded((bytes: Buffer) => line.message(bytes)));
  return track;
}

function readTransport(sdp: string, media: Media): IceTransport {
  const lines = sdp.split(/\r?\n/);
  const value = (name: string): string => {
    const line = lines.find((text) => text.startsWith(`a=${name}:`));
    if (line === undefined) throw new Error(`the transport gave no ${name}`);
    return line.slice(name.length + 3);
  };
  const own = [
    ...new Set(lines.filter((line) => line.startsWith('a=candidate:')).map((line) => line.slice(2))),
  ];
  return {
    ufrag: value('ice-ufrag'),
    pwd: value('ice-pwd'),
    fingerprint: value('fingerprint'),
    setup: value('setup'),
    candidates: announced(own, media),
  };
}

function announced(own: readonly string[], media: Media): readonly string[] {
  const { publicAddress, bindAddress, port } = media;
  const like = own.find((line) => isIP(line.split(' ')[4] ?? '') === 4) ?? own[0];
  if (publicAddress !== undefined && like !== undefined) return [atAddress(like, publicAddress), ...own];
  // Without a public address, somebody is trying it out on one machine, perhaps without any network.
  const everywhere = bindAddress === undefined || bindAddress === '0.0.0.0';
  return everywhere ? [...own, `candidate:9 1 UDP 1677721855 127.0.0.1 ${port} typ host`] : own;
}
