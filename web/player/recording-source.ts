import { roomAt } from '../kit/room-name.ts';
import { type PlaylistPiece, type PlaylistRecording, readPlaylist, variantOf } from './playlist.ts';

const RETRY_MS = 1_000;
const MAX_RETRY_MS = 8_000;

/** The list and the pieces of one room's recording, fetched from the door. */
export interface RecordingSource {
  /** As the list was last read; empty before that. */
  readonly recording: PlaylistRecording;
  /** The list for a browser that plays it by itself. */
  readonly main: string;
  /** Reads the list again. @throws Error when it cannot be had. */
  refresh(): Promise<void>;
  /** What the decoder needs before a piece; fetched once. */
  init(piece: PlaylistPiece): Promise<Uint8Array<ArrayBuffer>>;
  /** The bytes of a piece; asked for until they come. @throws DOMException once `over`. */
  sound(piece: PlaylistPiece): Promise<Uint8Array<ArrayBuffer>>;
}

/** Opens the source; `codec` is what this browser plays piece by piece, if it does. */
export function openSource(
  slug: string,
  base: string,
  codec: 'opus' | 'aac' | undefined,
  over: AbortSignal,
): RecordingSource {
  const listed = (name: string): string =>
    new URL(`${base}${roomAt(slug)}/replay/${name}.m3u8`, location.href).href;
  const inits = new Map<string, Uint8Array<ArrayBuffer>>();
  // So that the door can count who catches up: made up for each visit, and kept by nobody.
  const name = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(36)).join('');
  let recording: PlaylistRecording = { pieces: [], seconds: 0, complete: false, again: 5_000 };
  let media = '';

  const bytes = async (url: string, range?: readonly [number, number]): Promise<Uint8Array<ArrayBuffer>> => {
    for (let wait = RETRY_MS; ; wait = Math.min(MAX_RETRY_MS, wait * 2)) {
      try {
        const response = await fetch(url, {
          signal: over,
          headers: {
            'earshot-listener': name,
            ...(range ? { range: `bytes=${range[0]}-${range[0] + range[1] - 1}` } : {}),
          },
        });
        if (response.ok) return new Uint8Array(await response.arrayBuffer());
      } catch {
        // Asked again below.
      }
      over.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
  const look = async (url: string): Promise<string> => {
    const response = await fetch(url, { signal: over });
    if (!response.ok) throw new Error(String(response.status));
    return response.text();
  };
  return {
    get recording() {
      return recording;
    },
    main: listed('main'),
    async refresh() {
      // What is recorded by default is there from the first piece on; lists of variants only once they are long enough.
      if (media === '' && codec) {
        const usual = listed(codec === 'aac' ? 'aac96' : 'opus64');
        const text = await look(usual).catch(() => undefined);
        if (text !== undefined) {
          media = usual;
          recording = readPlaylist(text, media);
          return;
        }
      }
      if (media === '') {
        const main = listed(codec === 'opus' ? 'opus' : 'main');
        const plays = (codecs: string): boolean =>
          !codec || codecs === (codec === 'opus' ? 'opus' : 'mp4a.40.2');
        media = variantOf(await look(main), main, plays) ?? main;
      }
      recording = readPlaylist(await look(media), media);
    },
    async init({ init: url }) {
      const init = inits.get(url) ?? (await bytes(url));
      inits.set(url, init);
      return init;
    },
    sound: ({ url, range }) => bytes(url, range),
  };
}
