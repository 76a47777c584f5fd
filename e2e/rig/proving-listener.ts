import { get, type RequestOptions, request } from 'node:http';
import { FRAGMENTS_PER_SEGMENT } from '../../src/base/time.ts';
import { type ProofSample, proves } from '../../src/wire/listening/proof-sample.ts';
import { proofDelay, sessionOf } from '../../src/wire/listening-proof.ts';
import { tagOf } from '../../src/wire/segment-tag.ts';
import { decodeState } from '../../src/wire/state-box.ts';
import { ListeningWindows, type WindowProof } from '../../web/audience/windows.ts';

/** What a browser with a window says. */
export const browserAgent = (of: number | string): string =>
  `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.${of} Safari/537.36`;

/** Who listens. */
export interface ListenerOptions {
  readonly agent: string;
  /** A loopback address of its own, in a network of its own. */
  readonly address: string;
  /** A token to listen with; default: a new session. */
  readonly session?: string;
  /** False: sends no proofs. */
  readonly proves?: boolean;
}

/** A listener of the stream that behaves as our page does: it proves what it hears, unless it is told that it need not. */
export interface ProvingListener extends Disposable {
  readonly token: string | undefined;
  /** Every tag that came, by segment. */
  readonly tags: ReadonlyMap<number, Uint8Array>;
  /** Beacons sent, and bytes of sound received. */
  readonly beacons: number;
  readonly bytes: number;
  /** What the state of the room said last of who proves. */
  readonly sample: ProofSample | 0 | undefined;
  /** True when the head of the answer said that it need not prove. */
  readonly isExcused: boolean;
}

/** Sends a beacon, or anything as one. */
export function sendBeacon(
  { url, slug }: { readonly url: string; readonly slug: string },
  body: string,
  { agent, address }: Pick<ListenerOptions, 'agent' | 'address'>,
): Promise<number> {
  const options: RequestOptions = {
    ...{ method: 'POST', agent: false, localAddress: address },
    headers: { 'user-agent': agent, 'content-length': Buffer.byteLength(body) },
  };
  return new Promise((resolve) => {
    const sent = request(`${url}/r/${slug}/beacon`, options, (answer) => {
      answer.resume();
      answer.on('close', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', () => resolve(0));
    sent.end(body);
  });
}

/** The body of a beacon. */
export const beaconBody = (session: string, proof: WindowProof, seconds: number, way = 'stream'): string =>
  JSON.stringify({ session, way, ...proof, seconds, audible: true, hidden: false });

/** Listens to a room. */
export function provingListener(
  room: { readonly url: string; readonly slug: string },
  options: ListenerOptions,
): ProvingListener {
  const tags = new Map<number, Uint8Array>();
  const timers = new Set<NodeJS.Timeout>();
  let windows: ListeningWindows | undefined;
  let waiting: Uint8Array | undefined;
  let sample: ProofSample | 0 | undefined;
  let told = performance.now();
  const seen = { token: options.session, beacons: 0, bytes: 0, isExcused: false };

  const prove = (proof: WindowProof): void => {
    const { token } = seen;
    const id = token === undefined ? undefined : sessionOf(token);
    if (token === undefined || !id || options.proves === false) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const now = performance.now();
      const seconds = Math.min(120, (now - told) / 1000);
      told = now;
      if (!proves(id, sample)) return;
      seen.beacons += 1;
      void sendBeacon(room, beaconBody(token, proof, seconds), options);
    }, proofDelay(id));
    timers.add(timer);
  };
  const segment = (number: number, tag: Uint8Array): void => {
    tags.set(number, tag);
    const proof = windows?.take(number, tag);
    if (proof) prove(proof);
  };
  const box = (type: string, bytes: Buffer): void => {
    if (type === 'emsg') {
      waiting = tagOf(bytes)?.slice() ?? waiting;
      const change = decodeState(bytes);
      if (change?.proofs !== undefined) sample = change.proofs;
    } else if (type === 'moof' && waiting) {
      segment(Math.floor(bytes.readUInt32BE(20) / FRAGMENTS_PER_SEGMENT), waiting);
      waiting = undefined;
    }
  };

  const path = `${room.url}/r/${room.slug}/stream?codec=opus&session=${options.session ?? 'new'}`;
  const asked = get(
    path,
    { agent: false, localAddress: options.address, headers: { 'user-agent': options.agent } },
    (answer) => {
      const given = answer.headers['earshot-session'];
      if (typeof given === 'string') seen.token = given;
      seen.isExcused = answer.headers['earshot-proofs'] === 'no';
      if (seen.token !== undefined && sessionOf(seen.token)) windows = new ListeningWindows(seen.token);
      let pending: Buffer = Buffer.alloc(0);
      answer.on('data', (chunk: Buffer) => {
        seen.bytes += chunk.length;
        pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
        while (pending.length >= 8) {
          const size = pending.readUInt32BE(0);
          if (pending.length < size) break;
          box(pending.toString('latin1', 4, 8), pending.subarray(0, size));
          pending = pending.subarray(size);
        }
      });
      answer.on('error', () => undefined);
    },
  );
  asked.on('error', () => undefined);
  return {
    tags,
    get token() {
      return seen.token;
    },
    get beacons() {
      return seen.beacons;
    },
    get bytes() {
      return seen.bytes;
    },
    get sample() {
      return sample;
    },
    get isExcused() {
      return seen.isExcused;
    },
    [Symbol.dispose]() {
      for (const timer of timers) clearTimeout(timer);
      asked.destroy();
    },
  };
}
