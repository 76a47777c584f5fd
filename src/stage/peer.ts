import { isIP } from 'node:net';
import datachannel, { type PeerConnection, type Track } from 'node-datachannel';
import type { Log } from '../base/log.ts';
import type { Pace } from './rtp/pace.ts';
import type { Transport } from './signalling/answer.ts';
import { atAddress } from './signalling/candidate.ts';

/** Where the stage's media port is and how the world reaches it. */
export interface Media {
  /** One UDP port for every peer. */
  readonly port: number;
  readonly bindAddress?: string | undefined;
  /** The address strangers use when the machine itself has a private one. */
  readonly publicAddress?: string | undefined;
  /** The turn of each offer in this cell. */
  readonly pace: Pace;
}

/** Offers waiting in this cell are too many. */
export class TooMuchWaits extends Error {}

/** One m-line as the transport sees it. */
export interface PeerLine {
  readonly direction: 'RecvOnly' | 'SendOnly';
  readonly payloadType: number;
  /** Our own source, for a line that sends. */
  readonly ssrc?: number;
  /** Every decrypted RTP and RTCP packet of the line; the buffer belongs to the callee. */
  message(bytes: Buffer): void;
}

/** An encrypted path to one browser: ICE, DTLS and SRTP. */
export interface Peer extends Disposable {
  readonly transport: Transport;
  /** Sends RTP or RTCP on line `index`; false when it could not. */
  send(index: number, bytes: Buffer): boolean;
  /** Hands over a way to the client; tried after half a second, when the client has not found us by itself. */
  addCandidate(candidate: string): void;
}

/** What a peer can turn into. */
export type PeerState = 'connected' | 'disconnected' | 'failed' | 'closed';

const GATHERING_MS = 2_000;
/**
 * Clients find us: our address is open. Checking theirs first would reach them before they have read our answer, and
 * clients built on libdatachannel (OBS) then lose the first handshake or the whole connection.
 */
const CANDIDATES_AFTER_MS = 500;

type Guard = <T extends unknown[]>(run: (...values: T) => void) => (...values: T) => void;

/** An exception in one of the library's callbacks would end the process; uncaughtException does not see it. */
function openGuard(log: Log): Guard {
  let complained = -Infinity;
  return (run) =>
    (...values) => {
      try {
        run(...values);
      } catch (error) {
        // It may fail for every packet: one line a second tells as much.
        if (performance.now() - complained < 1_000) return;
        complained = performance.now();
        log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a media callback failed');
      }
    };
}

/**
 * Opens the path that answers `offer` and waits for our own addresses. Three things are sure before the library is
 * called, because it answers their failure by ending the process: the UDP port is held (`holdMediaPort`), the
 * description and its one role were accepted, and there is a line.
 * @throws TooMuchWaits, and whatever the library throws.
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
  // Held here: a track that is collected closes itself.
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

function readTransport(sdp: string, media: Media): Transport {
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
  // Until a public address is set this is somebody trying it out on one machine, perhaps without any network.
  const everywhere = bindAddress === undefined || bindAddress === '0.0.0.0';
  return everywhere ? [...own, `candidate:9 1 UDP 1677721855 127.0.0.1 ${port} typ host`] : own;
}
