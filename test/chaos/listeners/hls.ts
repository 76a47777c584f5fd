/** A player of HLS as televisions and telephones have it: the playlist, then whole segments, three of them behind. */
import { Agent, get } from 'node:http';
import { FRAGMENT_MS } from '../../../src/base/time.ts';
import { wholeFragments } from '../../../src/media/boxes.ts';
import { missingBetween, Playback } from '../playback.ts';
import {
  type ChaosListener,
  type Hole,
  instant,
  type ListenerOrder,
  type ListenerStatus,
  Retries,
} from './listener.ts';

/** Players begin with the third segment from the end. Spec: RFC 8216bis, 6.3.3. */
const BEHIND = 3;
/** Some players ask as seldom as every half segment; they keep more in hand. */
const POLL_MS = 1_000;
/** A request that takes longer is asked again on another connection; players have 4 to 10 s. */
const PATIENCE_MS = 4_000;

/** Opens one. */
export function openHlsListener(order: ListenerOrder): ChaosListener {
  // It plays its first sound when the first segment is there: the margin is what it has then.
  const playback = new Playback(0);
  const retries = new Retries(order.name);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let holes: Hole[] = [];
  let last: number | undefined;
  let [fragments, requests] = [0, 0];
  let playlist: string | undefined;
  let taken: string | undefined;
  let port: number | undefined;
  let closed = false;

  const ask = (path: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      requests += 1;
      const options = { agent, localAddress: order.address, headers: { 'user-agent': order.name } };
      const asked = get(new URL(path, order.url), options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        answer.on('end', () => {
          clearTimeout(limit);
          if (answer.statusCode === 200) resolve(Buffer.concat(chunks));
          else reject(new Error(`${path}: ${answer.statusCode}`));
        });
      });
      const limit = setTimeout(() => asked.destroy(new Error(`${path}: no answer`)), PATIENCE_MS);
      asked.on('socket', (socket) => {
        port = socket.localPort ?? port;
      });
      asked.on('error', (error) => {
        clearTimeout(limit);
        reject(error);
      });
    });

  const segment = (bytes: Buffer): void => {
    const at = instant();
    for (const { seq } of wholeFragments(bytes)) {
      if (last !== undefined && seq <= last) continue;
      const missing = missingBetween(last, seq, FRAGMENT_MS);
      if (missing > 0) holes.push({ at, lasted: missing });
      last = seq;
      fragments += 1;
      playback.take(at, FRAGMENT_MS);
    }
  };

  const turn = async (): Promise<void> => {
    const base = `/r/${order.slug}/live/`;
    if (playlist === undefined) {
      const lines = (await ask(`${base}${order.codec === 'aac' ? 'main' : 'opus'}.m3u8`))
        .toString()
        .split('\n');
      const uri = lines[lines.findIndex((line) => line.startsWith('#EXT-X-STREAM-INF')) + 1];
      if (!uri) throw new Error('a playlist without a variant');
      const { pathname, search } = new URL(uri, `http://x${base}`);
      playlist = pathname + search;
    }
    const list = playlist;
    const lines = (await ask(list)).toString().split('\n');
    const all = lines.filter((line) => line !== '' && !line.startsWith('#'));
    const seen = taken === undefined ? -1 : all.indexOf(taken);
    for (const uri of taken === undefined ? all.slice(-BEHIND) : all.slice(seen + 1)) {
      const { pathname, search } = new URL(uri, `http://x${list}`);
      segment(await ask(pathname + search));
      taken = uri;
      retries.well();
    }
  };

  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  void (async () => {
    while (!closed) {
      const problem = await turn().catch((error: Error) => error);
      if (!closed) await wait(problem ? retries.next() : POLL_MS);
    }
  })();
  return {
    status(at): ListenerStatus {
      const found = holes;
      holes = [];
      return {
        ...{ name: order.name, kind: order.kind, slug: order.slug, address: order.address },
        ...{ begun: playback.begun, silent: playback.silentAt(at), quiet: 0, holes: found },
        ...{ fragments, connections: requests, port, session: undefined },
        heard: (fragments * FRAGMENT_MS) / 1000,
      };
    },
    [Symbol.dispose]() {
      closed = true;
      agent.destroy();
    },
  };
}
