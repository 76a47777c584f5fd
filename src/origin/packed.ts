import { gzipSync } from 'node:zlib';
import { etagOf, matches, takes } from '../base/negotiation.ts';
import type { Reply } from '../base/reply.ts';

/** Headers of a request, lower-case names. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** What everyone may read from anywhere, without cookies. */
export const OPEN_TO_ALL = { 'access-control-allow-origin': '*' } as const;
/** The bytes behind a URL never change. */
export const FOR_EVER = 'public, max-age=31536000, immutable';

/** A text that many ask for: made once, compressed once. */
export class Packed {
  readonly plain: Buffer;
  readonly etag: string;
  #gzip: Buffer | undefined;

  constructor(text: string) {
    this.plain = Buffer.from(text);
    this.etag = etagOf(this.plain);
  }

  /** The answer for one request: 304 when it has this version, gzip when it takes it. */
  reply(request: RequestHeaders, headers: { 'content-type': string; 'cache-control': string }): Reply {
    const common = { ...OPEN_TO_ALL, ...headers, etag: this.etag, vary: 'accept-encoding' };
    if (matches(request['if-none-match'], this.etag)) return { status: 304, headers: common, body: '' };
    if (!takes(request['accept-encoding'], 'gzip')) return { status: 200, headers: common, body: this.plain };
    this.#gzip ??= gzipSync(this.plain);
    return { status: 200, headers: { ...common, 'content-encoding': 'gzip' }, body: this.#gzip };
  }
}

/** Bytes of sound that never change. */
export const sound = (body: Buffer): Reply => ({
  status: 200,
  headers: { ...OPEN_TO_ALL, 'content-type': 'audio/mp4', 'cache-control': FOR_EVER },
  body,
});
