/** A listener of the stream that does what the page's player does: `after=` when it comes back, a watchdog, its session. */
import { type ClientRequest, get } from 'node:http';
import { createDecoder, type OpusDecoderHandle } from 'libopus-wasm';
import { FRAGMENT_MS } from '../../../src/base/time.ts';
import { boxes, fragmentFrames, fragmentSeq } from '../../../src/media/boxes.ts';
import { missingBetween, Playback } from '../playback.ts';
import {
  type ChaosListener,
  type Hole,
  instant,
  type ListenerOrder,
  type ListenerStatus,
  Retries,
} from './listener.ts';

/** What the page's player has at a write every 320 ms (web/player/stream.ts). */
const PATIENCE_MS = 2_960;
const FIRST_BYTES_MS = 10_000;
const FRAME_MS = 20;
/** Quieter than this, in dBFS over one frame, is quiet. */
const QUIET_DBFS = -60;

/** Decodes Opus and knows for how long it has been quiet. */
class QuietMeter {
  quiet = 0;
  readonly #decoder: OpusDecoderHandle;

  constructor(decoder: OpusDecoderHandle) {
    this.#decoder = decoder;
  }

  take(fragment: Uint8Array): void {
    for (const frame of fragmentFrames(fragment)) {
      const samples = this.#decoder.decodeFloat(frame);
      let power = 0;
      for (const sample of samples) power += sample * sample;
      const level = 10 * Math.log10(power / samples.length + 1e-20);
      this.quiet = level < QUIET_DBFS ? this.quiet + FRAME_MS : 0;
    }
  }
}

/** Opens one. */
export async function openStreamListener(order: ListenerOrder): Promise<ChaosListener> {
  const meter =
    order.decodes && order.codec === 'opus'
      ? new QuietMeter(await createDecoder({ channels: 2 }))
      : undefined;
  const playback = new Playback();
  const retries = new Retries(order.name);
  let holes: Hole[] = [];
  let last: number | undefined;
  let session: string | undefined;
  let [fragments, connections] = [0, 0];
  let current: ClientRequest | undefined;
  let timer: NodeJS.Timeout | undefined;
  let port: number | undefined;
  let closed = false;

  const fragment = (bytes: Buffer): void => {
    const seq = fragmentSeq(bytes);
    if (seq === undefined || (last !== undefined && seq <= last)) return;
    const at = instant();
    const missing = missingBetween(last, seq, FRAGMENT_MS);
    if (missing > 0) holes.push({ at, lasted: missing });
    last = seq;
    fragments += 1;
    playback.take(at, FRAGMENT_MS);
    meter?.take(bytes);
    retries.well();
  };

  const connect = (): void => {
    let over = false;
    let watchdog = setTimeout(() => current?.destroy(), FIRST_BYTES_MS);
    const ended = (): void => {
      if (over) return;
      over = true;
      clearTimeout(watchdog);
      asked.destroy();
      if (!closed) timer = setTimeout(connect, retries.next());
    };
    const query = `codec=${order.codec}${last === undefined ? '' : `&after=${last}`}&session=${session ?? 'new'}`;
    const asked = get(
      `${order.url}/r/${order.slug}/stream?${query}`,
      { agent: false, localAddress: order.address, headers: { 'user-agent': order.name } },
      (answer) => {
        if (answer.statusCode !== 200) {
          answer.resume();
          return ended();
        }
        connections += 1;
        port = answer.socket.localPort;
        const given = answer.headers['earshot-session'];
        if (typeof given === 'string') session = given;
        let pending: Buffer = Buffer.alloc(0);
        let moof: Buffer | undefined;
        answer.on('data', (chunk: Buffer) => {
          clearTimeout(watchdog);
          watchdog = setTimeout(() => asked.destroy(), PATIENCE_MS);
          pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
          let done = 0;
          for (const box of boxes(pending)) {
            const bytes = pending.subarray(box.start, box.end);
            if (box.type === 'moof') moof = bytes;
            else if (box.type === 'mdat' && moof) {
              fragment(Buffer.concat([moof, bytes]));
              moof = undefined;
            }
            done = box.end;
          }
          pending = pending.subarray(done);
        });
        answer.on('end', ended).on('error', ended).on('close', ended);
      },
    );
    current = asked;
    asked.on('error', ended);
  };
  connect();
  return {
    status(at): ListenerStatus {
      const found = holes;
      holes = [];
      return {
        ...{ name: order.name, kind: order.kind, slug: order.slug, address: order.address },
        ...{ begun: playback.begun, silent: playback.silentAt(at), quiet: meter?.quiet ?? 0 },
        ...{ holes: found, fragments, connections, port, session },
        heard: (fragments * FRAGMENT_MS) / 1000,
      };
    },
    [Symbol.dispose]() {
      closed = true;
      clearTimeout(timer);
      current?.destroy();
    },
  };
}
