/** A small door for player tests: the stream of a pure tone, with cuts and faults on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeTone, patched, type Tone } from './tone.ts';

/** Fragments that the server still has for `after=SEQ`: 32 s. */
const HELD = 100;
const FRAGMENT_MS = 320;
/** Fragments of a segment. */
const SEGMENT = 16;
const TONE_SECONDS = 240;

/** What a test can see and do to the server. */
export interface ToneServer extends AsyncDisposable {
  readonly url: string;
  /** Every stream request so far. */
  readonly requests: readonly URL[];
  /** Number of open streams. */
  readonly open: number;
  /**
   * A file of the program's Opus as a cache has it, by the path below `/live/`: the list of segments, the init segment,
   * a whole segment.
   */
  file(path: string): string | Uint8Array | undefined;
  /** Destroys every stream; with `half` in the middle of a fragment. */
  cut(half?: boolean): void;
  /** Refuses streams with this status; 0 serves them again. */
  refuse(status: number): void;
  /** Keeps the sockets open and sends nothing, as a frozen peer would. */
  freeze(on: boolean): void;
  /** Sends damaged bytes in place of the next fragment. */
  damage(): void;
  /** Leaves the next fragments out: a gap in the program. */
  skip(fragments: number): void;
  /** Ends the program: streams finish, later requests get 410. */
  end(): void;
}

/** Encoded once for all servers of a test file. */
let encoded: Promise<Record<string, Tone>> | undefined;
const encodeBoth = async (): Promise<Record<string, Tone>> => {
  const [opus, aac] = await Promise.all([encodeTone('opus', TONE_SECONDS), encodeTone('aac', TONE_SECONDS)]);
  return { opus, aac };
};

/**
 * Opens the server. `pages` answers all requests except the stream; it returns false for paths that it does not serve.
 */
export async function openToneServer(
  period = FRAGMENT_MS,
  pages: (request: IncomingMessage, response: ServerResponse, url: URL) => boolean = () => false,
): Promise<ToneServer> {
  encoded ??= encodeBoth();
  const tones = await encoded;
  const perWrite = period / FRAGMENT_MS;
  // A late slot, as in a program that has been running for days.
  const first = 1_000_000;
  const begun = Date.now() - 10 * FRAGMENT_MS;
  const streams = new Map<ServerResponse, Tone>();
  const requests: URL[] = [];
  let written = first + Math.floor(10 / perWrite) * perWrite;
  let refused = 0;
  let frozen = false;
  let damaged = false;
  let skipped = 0;

  const fragment = (tone: Tone, seq: number): Uint8Array =>
    patched(tone.fragments.at((seq - first) % tone.fragments.length) as Uint8Array, seq);
  const due = (): number => begun + (written - first + perWrite) * FRAGMENT_MS;
  const timer = setInterval(() => {
    while (Date.now() >= due()) {
      const from = written;
      written += perWrite;
      if (frozen) continue;
      if (skipped > 0) {
        skipped -= perWrite;
        continue;
      }
      for (const [response, tone] of streams) {
        for (let seq = from; seq < written; seq++) {
          const bytes = fragment(tone, seq);
          if (damaged) bytes.fill(0xff, bytes.length >> 2);
          response.write(bytes);
        }
      }
      damaged = false;
    }
  }, 5);

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!url.pathname.endsWith('/stream')) {
      if (!pages(request, response, url)) response.writeHead(404).end();
      return;
    }
    requests.push(url);
    if (refused > 0) {
      response.writeHead(refused).end();
      return;
    }
    const tone = tones[url.searchParams.get('codec') ?? 'opus'] as Tone;
    const margin = Number(url.searchParams.get('margin') ?? 300);
    const after = url.searchParams.get('after');
    const newest = written - Math.ceil((period + margin) / FRAGMENT_MS);
    // A fragment number of the delayed stream says nothing about the live edge.
    const held =
      after !== null && url.searchParams.get('was') !== 'ring' && Number(after) + 1 >= written - HELD;
    response.writeHead(200, {
      'content-type': 'audio/mp4',
      'cache-control': 'no-store',
      'earshot-period': String(period),
      'earshot-next': String(Math.max(0, due() - Date.now())),
    });
    const burst: Uint8Array[] = [tone.init];
    for (let seq = Math.max(first, held ? Number(after) + 1 : newest); seq < written; seq++) {
      burst.push(fragment(tone, seq));
    }
    response.write(Buffer.concat(burst));
    streams.set(response, tone);
    response.on('close', () => streams.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get open() {
      return streams.size;
    },
    file(path) {
      const tone = tones.opus as Tone;
      const last = Math.floor(written / SEGMENT) - 1;
      const numbers = Array.from({ length: 9 }, (_, i) => last - 8 + i);
      if (path === 'opus64.slow.m3u8')
        return `#EXTM3U\n${numbers.map((number) => `#EXTINF:5.12,\nopus64/${number}.m4s\n`).join('')}`;
      if (path === 'opus64/init.mp4') return tone.init;
      const number = Number(/^opus64\/(\d+)\.m4s$/.exec(path)?.[1]);
      if (!(number <= last)) return undefined;
      return Buffer.concat(Array.from({ length: SEGMENT }, (_, i) => fragment(tone, number * SEGMENT + i)));
    },
    cut(half = false) {
      for (const [response, tone] of streams) {
        if (half) response.write(fragment(tone, written).subarray(0, 900));
        setTimeout(() => response.socket?.destroy(), 10);
      }
    },
    refuse(status) {
      refused = status;
    },
    freeze(on) {
      frozen = on;
    },
    damage() {
      damaged = true;
    },
    skip(fragments) {
      skipped = fragments;
    },
    end() {
      refused = 410;
      for (const response of streams.keys()) response.end();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
