import { randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo } from 'node:dgram';
import datachannel, { type PeerConnection, type Track } from 'node-datachannel';

/** Answers HTTP requests in place of a server, as `stage.fetch` does. */
export type Fetch = (request: Request) => Promise<Response>;

/** One m-line of a test client. */
export interface Line {
  readonly mid: string;
  readonly direction: 'SendOnly' | 'RecvOnly';
  readonly ssrc?: number;
  /** Also offer RED, before Opus when `first`. */
  readonly red?: 'first' | 'second';
  readonly level?: boolean;
}

/** A WebRTC client without a browser: real ICE, DTLS and SRTP, raw RTP and RTCP in both directions. */
export interface Client extends Disposable {
  readonly response: Response;
  readonly answer: string;
  readonly offer: string;
  readonly connection: PeerConnection;
  /** Path of the session. */
  readonly location: string;
  readonly etag: string;
  /** All received packets, by line. */
  readonly received: Buffer[][];
  connected(): Promise<void>;
  /** False when the transport refuses the packet. */
  send(line: number, bytes: Buffer): boolean;
  /** Called for every received packet. */
  heard(run: (line: number, bytes: Buffer) => void): void;
}

/** Sends an offer to `path` and applies the answer. `edit` may damage the offer. */
export async function openClient(
  fetch: Fetch,
  path: string,
  token: string,
  lines: readonly Line[],
  edit: { readonly offer?: (sdp: string) => string; readonly answer?: (sdp: string) => string } = {},
): Promise<Client> {
  const connection = new datachannel.PeerConnection('client', {
    iceServers: [],
    disableAutoNegotiation: true,
    bindAddress: '127.0.0.1',
  });
  const gathered = Promise.withResolvers<void>();
  const open = Promise.withResolvers<void>();
  open.promise.catch(() => undefined);
  connection.onGatheringStateChange((state) => void (state === 'complete' && gathered.resolve()));
  connection.onStateChange((state) => {
    if (state === 'connected') open.resolve();
    if (state === 'failed' || state === 'closed') open.reject(new Error(`the connection is ${state}`));
  });
  const received: Buffer[][] = lines.map(() => []);
  const listeners: ((line: number, bytes: Buffer) => void)[] = [];
  const tracks: Track[] = lines.map((line, index) => {
    const audio = new datachannel.Audio(line.mid, line.direction);
    if (line.red === 'first') audio.addAudioCodec(63, 'red/48000/2', '111/111');
    audio.addOpusCodec(111, 'minptime=10;useinbandfec=1');
    if (line.red === 'second') audio.addAudioCodec(63, 'red/48000/2', '111/111');
    if (line.level) audio.parseSdpLine('a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level');
    if (line.ssrc !== undefined) audio.addSSRC(line.ssrc, 'client', 'client', line.mid);
    const track = connection.addTrack(audio);
    track.onMessage((bytes) => {
      received[index]?.push(bytes);
      for (const run of listeners) run(index, bytes);
    });
    return track;
  });
  connection.setLocalDescription('offer');
  await gathered.promise;
  const own = connection.localDescription()?.sdp ?? '';
  const offer = edit.offer?.(own) ?? own;
  const response = await fetch(
    new Request(`http://stage.test${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
      body: offer,
    }),
  );
  const answer = await response.text();
  if (response.status === 201) connection.setRemoteDescription(edit.answer?.(answer) ?? answer, 'answer');
  return {
    response,
    answer,
    offer,
    connection,
    location: response.headers.get('location') ?? '',
    etag: response.headers.get('etag') ?? '',
    received,
    async connected() {
      await open.promise;
      await until('the tracks are open', () => tracks.every((track) => track.isOpen()));
    },
    send(line, bytes) {
      try {
        return tracks[line]?.sendMessageBinary(bytes) ?? false;
      } catch {
        return false;
      }
    },
    heard: (run) => void listeners.push(run),
    [Symbol.dispose]: () => connection.close(),
  };
}

/** A random source number. */
export const newSsrc = (): number => (randomBytes(4).readUInt32BE() & 0x7fffffff) + 1;

/** Waits until `done` is true, checking every 5 ms; fails after `limit` ms with `what`. */
export async function until(what: string, done: () => boolean, limit = 5_000): Promise<void> {
  const end = performance.now() + limit;
  while (!done()) {
    if (performance.now() > end) throw new Error(`it did not happen within ${limit} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A network between a client and a server on this machine that loses packets on demand. */
export interface Network extends Disposable {
  readonly port: number;
  /** Decides about each datagram; true drops it. `down` means from the server. */
  lose: (bytes: Buffer, down: boolean) => boolean;
}

/** Opens a lossy network in front of the UDP port `server` of 127.0.0.1, for one client. */
export async function openNetwork(server: number): Promise<Network> {
  const front = createSocket('udp4');
  const back = createSocket('udp4');
  let client: RemoteInfo | undefined;
  const network: Network = {
    port: 0,
    lose: () => false,
    [Symbol.dispose]() {
      front.close();
      back.close();
    },
  };
  front.on('message', (bytes, from) => {
    client = from;
    if (!network.lose(bytes, false)) back.send(bytes, server, '127.0.0.1');
  });
  back.on('message', (bytes) => {
    if (client && !network.lose(bytes, true)) front.send(bytes, client.port, client.address);
  });
  await Promise.all(
    [front, back].map((socket) => new Promise<void>((done) => socket.bind(0, '127.0.0.1', done))),
  );
  return Object.assign(network, { port: front.address().port });
}

/** True for an encrypted RTP packet on the wire, as opposed to STUN, DTLS and RTCP. Spec: RFC 7983; RFC 5761. */
export const isMedia = (bytes: Buffer): boolean => {
  const [first = 0, second = 0] = bytes;
  return first >= 128 && first < 192 && !(second >= 192 && second < 224);
};
