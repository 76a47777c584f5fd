import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';

/** One fragment as a listener received it. */
export interface Received {
  readonly seq: number;
  /** Wall-clock ms of its last byte. */
  readonly at: number;
  readonly bytes: Buffer;
}

/** A listener of the stream that reconnects by itself with `after=SEQ`, as the page does. */
export interface RawListener extends Disposable {
  readonly received: readonly Received[];
  readonly reconnects: number;
  /** Connections on which sound came. */
  readonly connections: number;
  /** How the last connection with sound ended: FIN after whole fragments, or torn. */
  readonly lastEnd: 'whole' | 'torn' | undefined;
}

/**
 * Listens to `/r/:slug/stream`; over https with `ca` as the only authority. It checks nothing itself and records
 * everything it receives. `name`: it says that it is this program, and goes on with its session when it comes back.
 */
export function rawListener(
  url: string,
  slug: string,
  codec: 'opus' | 'aac' = 'opus',
  { ca, name }: { readonly ca?: string | undefined; readonly name?: string } = {},
): RawListener {
  const get = url.startsWith('https:') ? getSecure : getPlain;
  const received: Received[] = [];
  let reconnects = 0;
  let connections = 0;
  let lastEnd: 'whole' | 'torn' | undefined;
  let closed = false;
  let current: ReturnType<typeof get> | undefined;
  let session = 'new';
  let timer: NodeJS.Timeout | undefined;

  const connect = (): void => {
    const last = received.at(-1)?.seq;
    let pending: Buffer = Buffer.alloc(0);
    let moof: Buffer | undefined;
    let over = false;
    let heard = false;
    const ended = (how: 'whole' | 'torn'): void => {
      if (over) return;
      over = true;
      if (heard) lastEnd = how;
      if (closed) return;
      reconnects += 1;
      timer = setTimeout(connect, 50 + Math.random() * 150);
    };
    const asked = name === undefined ? '' : `&session=${session}`;
    const query = `codec=${codec}${last === undefined ? '' : `&after=${last}`}${asked}`;
    current = get(
      `${url}/r/${slug}/stream?${query}`,
      {
        agent: false,
        ...(name === undefined ? {} : { headers: { 'user-agent': name } }),
        ...(ca === undefined ? {} : { ca }),
      },
      (response) => {
        if (response.statusCode !== 200) {
          response.resume();
          ended('torn');
          return;
        }
        heard = true;
        connections += 1;
        session = String(response.headers['earshot-session'] ?? session);
        response.on('data', (chunk: Buffer) => {
          pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
          while (pending.length >= 8) {
            const size = pending.readUInt32BE(0);
            if (pending.length < size) break;
            const box = pending.subarray(0, size);
            const type = box.toString('latin1', 4, 8);
            pending = pending.subarray(size);
            if (type === 'moof') moof = box;
            else if (type === 'mdat' && moof) {
              received.push({
                seq: moof.readUInt32BE(20),
                at: Date.now(),
                bytes: Buffer.concat([moof, box]),
              });
              moof = undefined;
            }
          }
        });
        response.on('end', () => ended(pending.length === 0 && !moof ? 'whole' : 'torn'));
        response.on('error', () => ended('torn'));
        response.on('close', () => ended('torn'));
      },
    );
    current.on('error', () => ended('torn'));
  };
  connect();
  return {
    received,
    get reconnects() {
      return reconnects;
    },
    get connections() {
      return connections;
    },
    get lastEnd() {
      return lastEnd;
    },
    [Symbol.dispose]() {
      closed = true;
      clearTimeout(timer);
      current?.destroy();
    },
  };
}

/** Sequence numbers that are missing, and those received twice. */
export function continuity(received: readonly Received[]): { missing: number[]; repeated: number[] } {
  const missing: number[] = [];
  const repeated: number[] = [];
  for (let i = 1; i < received.length; i++) {
    const before = received[i - 1]?.seq ?? 0;
    const seq = received[i]?.seq ?? 0;
    if (seq <= before) repeated.push(seq);
    for (let lost = before + 1; lost < seq; lost++) missing.push(lost);
  }
  return { missing, repeated };
}

/** The longest time, in ms, for which a player with a margin of `margin` ms would have had nothing to play. */
export function longestSilence(received: readonly Received[], margin = 620): number {
  const first = received[0];
  if (!first) return Number.POSITIVE_INFINITY;
  // The player starts `margin` after the first fragment and plays 320 ms of each; it waits for late ones.
  let playhead = first.at + margin;
  let longest = 0;
  for (const { at } of received) {
    if (at > playhead) {
      longest = Math.max(longest, at - playhead);
      playhead = at;
    }
    playhead += 320;
  }
  return longest;
}
