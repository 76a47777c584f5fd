/** A radio: one endless connection to `radio.aac`, opened again when it ends. It knows no numbers, only frames. */
import { type ClientRequest, get } from 'node:http';
import { Playback } from '../playback.ts';
import { type ChaosListener, instant, type ListenerOrder, type ListenerStatus, Retries } from './listener.ts';

/** One frame of AAC: 1,024 samples at 48 kHz. */
const FRAME_MS = (1024 / 48_000) * 1000;
const HEADER_BYTES = 7;
/** Simple players have a time-out for a connection on which nothing comes. */
const PATIENCE_MS = 5_000;

/** The number of whole ADTS frames, and the bytes they take. Spec: ISO/IEC 14496-3, 1.A.3.2. */
export function wholeFrames(bytes: Uint8Array): { readonly frames: number; readonly end: number } {
  let [frames, at] = [0, 0];
  while (at + HEADER_BYTES <= bytes.length) {
    if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xf0) !== 0xf0) {
      at += 1;
      continue;
    }
    const [a = 0, b = 0, c = 0] = bytes.subarray(at + 3, at + 6);
    const size = ((a & 3) << 11) | (b << 3) | (c >> 5);
    if (size < HEADER_BYTES) {
      at += 1;
      continue;
    }
    if (at + size > bytes.length) break;
    frames += 1;
    at += size;
  }
  return { frames, end: at };
}

/** Opens one. */
export function openRadioListener(order: ListenerOrder): ChaosListener {
  const playback = new Playback();
  const retries = new Retries(order.name);
  let [frames, connections] = [0, 0];
  let current: ClientRequest | undefined;
  let timer: NodeJS.Timeout | undefined;
  let port: number | undefined;
  let closed = false;

  const connect = (): void => {
    let over = false;
    let watchdog = setTimeout(() => asked.destroy(), PATIENCE_MS);
    const ended = (): void => {
      if (over) return;
      over = true;
      clearTimeout(watchdog);
      asked.destroy();
      if (!closed) timer = setTimeout(connect, retries.next());
    };
    const asked = get(
      `${order.url}/r/${order.slug}/radio.aac`,
      { agent: false, localAddress: order.address, headers: { 'user-agent': order.name } },
      (answer) => {
        if (answer.statusCode !== 200) {
          answer.resume();
          return ended();
        }
        connections += 1;
        port = answer.socket.localPort;
        let pending: Buffer = Buffer.alloc(0);
        answer.on('data', (chunk: Buffer) => {
          clearTimeout(watchdog);
          watchdog = setTimeout(() => asked.destroy(), PATIENCE_MS);
          pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
          const whole = wholeFrames(pending);
          pending = pending.subarray(whole.end);
          if (whole.frames === 0) return;
          frames += whole.frames;
          playback.take(instant(), whole.frames * FRAME_MS);
          retries.well();
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
      return {
        ...{ name: order.name, kind: order.kind, slug: order.slug, address: order.address },
        ...{ begun: playback.begun, silent: playback.silentAt(at), quiet: 0, holes: [] },
        ...{ fragments: frames, connections, port, session: undefined },
        heard: (frames * FRAME_MS) / 1000,
      };
    },
    [Symbol.dispose]() {
      closed = true;
      clearTimeout(timer);
      current?.destroy();
    },
  };
}
