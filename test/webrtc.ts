import { randomBytes } from 'node:crypto';
import datachannel, { type PeerConnection, type Track } from 'node-datachannel';

/** Answers HTTP in place of a server, as `stage.fetch` does. */
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
  /** Everything received, by line. */
  readonly received: Buffer[][];
  connected(): Promise<void>;
  send(line: number, bytes: Buffer): void;
  /** Called for every packet that comes. */
  heard(run: (line: number, bytes: Buffer) => void): void;
}

/** Sends an offer to `path` and takes the answer. `edit` may spoil the offer. */
export async function openClient(
  fetch: Fetch,
  path: string,
  token: string,
  lines: readonly Line[],
  edit: (sdp: string) => string = (sdp) => sdp,
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
  const offer = edit(connection.localDescription()?.sdp ?? '');
  const response = await fetch(
    new Request(`http://stage.test${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
      body: offer,
    }),
  );
  const answer = await response.text();
  if (response.status === 201) connection.setRemoteDescription(answer, 'answer');
  return {
    response,
    answer,
    offer,
    connection,
    location: response.headers.get('location') ?? '',
    etag: response.headers.get('etag') ?? '',
    received,
    connected: () => open.promise,
    send: (line, bytes) => void tracks[line]?.sendMessageBinary(bytes),
    heard: (run) => void listeners.push(run),
    [Symbol.dispose]: () => connection.close(),
  };
}

/** A random source number. */
export const newSsrc = (): number => (randomBytes(4).readUInt32BE() & 0x7fffffff) + 1;

/** Waits until `done`, looking every 5 ms; fails after `limit` ms with `what`. */
export async function until(what: string, done: () => boolean, limit = 5_000): Promise<void> {
  const end = performance.now() + limit;
  while (!done()) {
    if (performance.now() > end) throw new Error(`it did not happen within ${limit} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
