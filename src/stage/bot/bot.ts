import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import datachannel, { type Track } from 'node-datachannel';
import { EarshotError, ERRORS, type ErrorCode } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { TICKS_PER_SECOND } from '../../base/time.ts';
import { freeUdpPort } from '../../base/udp-port.ts';
import { readRtcp } from '../rtp/rtcp.ts';
import { isRtcp, writeRtp } from '../rtp/rtp.ts';
import { type BotSound, encoded } from './sound.ts';

/** The sound, address and identity of a bot. */
export interface SpeakOptions {
  /** URL of the WHIP endpoint; `?takeover=1` replaces a microphone on the same token. */
  readonly whip: string;
  readonly token: string;
  readonly sound: BotSound;
  /** Called once the bot can be heard. */
  connected?(): void;
  /** Sends requests to the endpoint; default: over the network. */
  readonly ask?: typeof fetch;
  /** Ends the bot early and in order. */
  readonly signal?: AbortSignal | undefined;
  readonly log: Log;
}

/** The result of a bot. */
export interface BotResult {
  readonly packets: number;
  readonly seconds: number;
  /** Packets sent again at the stage's request. */
  readonly resent: number;
}

const PAYLOAD_TYPE = 111;
const LEVEL_ID = 1;
const CONNECT_MS = 10_000;
/** Packets kept for retransmission. */
const KEPT = 128;
/**
 * A stage that reported (every second) and then sends no report for this long is gone. ICE would need 27 s to notice.
 */
const SILENT_MS = 6_000;
/** A bot that is later than this stops catching up and continues from now. */
const MAX_BEHIND_MS = 400;

/**
 * Publishes sound through WHIP as a browser does, in real time, and leaves when it ends.
 * @throws EarshotError with the server's code when it refuses, `studio-away` when the connection breaks.
 */
export async function speak(options: SpeakOptions): Promise<BotResult> {
  const { whip, token, signal, log, ask = fetch } = options;
  const nothing: BotResult = { packets: 0, seconds: 0, resent: 0 };
  if (signal?.aborted) return nothing;
  const ssrc = randomBytes(4).readUInt32BE();
  // The library ends the process when it cannot open its socket, so this checks first that a port is available.
  await freeUdpPort().catch((cause: Error) => {
    throw new EarshotError('media-unavailable', `This machine has no UDP port to offer: ${cause.message}`, {
      cause,
    });
  });
  const connection = new datachannel.PeerConnection('bot', { iceServers: [], disableAutoNegotiation: true });
  const connected = Promise.withResolvers<void>();
  const gathered = Promise.withResolvers<void>();
  connected.promise.catch(() => undefined);
  let broken = false;
  let session: string | undefined;
  // An exception in one of these callbacks would end the process, so they only settle promises and set flags.
  connection.onGatheringStateChange((state) => void (state === 'complete' && gathered.resolve()));
  connection.onStateChange((state) => {
    if (state !== 'failed' && state !== 'closed' && state !== 'disconnected') return;
    broken = true;
    connected.reject(new EarshotError('studio-away', 'The media connection broke'));
  });
  const audio = new datachannel.Audio('0', 'SendOnly');
  audio.addOpusCodec(PAYLOAD_TYPE, 'minptime=10;useinbandfec=1');
  audio.parseSdpLine(`a=extmap:${LEVEL_ID} urn:ietf:params:rtp-hdrext:ssrc-audio-level`);
  audio.addSSRC(ssrc, 'bot', 'bot', 'voice');
  const track = connection.addTrack(audio);
  const kept = new Kept(track, log);
  track.onMessage((bytes) => kept.heard(bytes, ssrc));
  track.onOpen(() => connected.resolve());
  try {
    connection.setLocalDescription('offer');
    await Promise.race([gathered.promise, sleep(2_000, undefined, { ref: false })]);
    const offer = connection.localDescription()?.sdp ?? '';
    const response = await ask(whip, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
      body: offer,
      signal: signal ?? null,
    });
    const answer = await response.text();
    if (response.status !== 201) throw refusal(response.status, answer);
    session = new URL(response.headers.get('location') ?? '', whip).href;
    connection.setRemoteDescription(answer, 'answer');
    const late = sleep(CONNECT_MS, undefined, { ref: false }).then(() => {
      throw new EarshotError(
        'studio-away',
        `No media connection within ${CONNECT_MS / 1000} s: is the UDP port open?`,
      );
    });
    using leave = whenAborted(signal);
    await Promise.race([connected.promise, late, leave.aborted]);
    options.connected?.();
    return await say(options, ssrc, kept, () => broken);
  } catch (error) {
    if (signal?.aborted) return nothing;
    throw error;
  } finally {
    if (session !== undefined)
      await ask(session, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(2_000),
      }).catch(() => undefined);
    connection.close();
  }
}

async function say(
  options: SpeakOptions,
  ssrc: number,
  kept: Kept,
  broken: () => boolean,
): Promise<BotResult> {
  let sequence = randomBytes(2).readUInt16BE();
  let timestamp = randomBytes(4).readUInt32BE();
  let due = performance.now();
  let packets = 0;
  let samples = 0;
  for await (const { payload, samples: duration, level } of encoded(options.sound)) {
    if (options.signal?.aborted) break;
    if (broken() || performance.now() - kept.reportedAt > SILENT_MS)
      throw new EarshotError('studio-away', 'The media connection broke');
    const head = { payloadType: PAYLOAD_TYPE, marker: packets === 0, sequence, timestamp, ssrc };
    kept.send(
      sequence,
      writeRtp(level === undefined ? head : { ...head, levelId: LEVEL_ID, level }, payload),
    );
    packets += 1;
    samples += duration;
    sequence = (sequence + 1) & 0xffff;
    timestamp = (timestamp + duration) >>> 0;
    due += (duration / TICKS_PER_SECOND) * 1_000;
    const now = performance.now();
    if (now - due > MAX_BEHIND_MS) due = now;
    else if (due > now) await sleep(due - now);
  }
  return { packets, seconds: samples / TICKS_PER_SECOND, resent: kept.resent };
}

/** The last packets, for retransmission at the stage's request. */
class Kept {
  resent = 0;
  /** Time of the stage's last report. */
  reportedAt = Number.POSITIVE_INFINITY;
  readonly #track: Track;
  readonly #log: Log;
  readonly #packets: ({ sequence: number; bytes: Buffer } | undefined)[] = new Array(KEPT).fill(undefined);

  constructor(track: Track, log: Log) {
    this.#track = track;
    this.#log = log;
  }

  send(sequence: number, bytes: Buffer): void {
    this.#packets[sequence % KEPT] = { sequence, bytes };
    if (this.#track.isOpen()) this.#track.sendMessageBinary(bytes);
  }

  heard(bytes: Buffer, ssrc: number): void {
    try {
      if (!isRtcp(bytes)) return;
      this.reportedAt = performance.now();
      for (const nack of readRtcp(bytes).nacks) {
        if (nack.ssrc !== ssrc) continue;
        for (const sequence of nack.sequences) {
          const packet = this.#packets[sequence % KEPT];
          if (packet?.sequence !== sequence) continue;
          this.#track.sendMessageBinary(packet.bytes);
          this.resent += 1;
        }
      }
    } catch (error) {
      this.#log.error({ error: String(error) }, 'the bot could not answer the stage');
    }
  }
}

function refusal(status: number, body: string): EarshotError {
  try {
    const { code, detail, title } = JSON.parse(body) as Record<string, unknown>;
    if (typeof code === 'string' && code in ERRORS)
      return new EarshotError(code as ErrorCode, String(detail ?? title ?? code));
  } catch {
    // Not a problem document; the status has to be enough.
  }
  return new EarshotError('studio-away', `The stage answered ${status}`);
}

/** Rejects when the signal aborts. Disposing removes the listener from the signal, which may outlive many bots. */
function whenAborted(signal: AbortSignal | undefined): Disposable & { readonly aborted: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', abort);
  promise.catch(() => undefined);
  return { aborted: promise, [Symbol.dispose]: () => signal?.removeEventListener('abort', abort) };
}
