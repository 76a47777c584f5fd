import { gzipSync } from 'node:zlib';
import { codedTag, etagOf, matches, takes } from '../base/negotiation.ts';
import type { Reply } from '../base/reply.ts';

/** Headers of a request, lower-case names. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** What everyone may read from anywhere, without cookies. */
export const OPEN_TO_ALL = { 'access-control-allow-origin': '*' } as const;
/** The bytes behind a URL never change. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/**
 * Cache-Control of a live list: at most a second old where many ask, three where few do, a minute while the origin is
 * away. Spec: RFC 5861.
 */
export const LIVE_LIST = 'public, max-age=1, stale-while-revalidate=2, stale-if-error=60';
/**
 * Cache-Control of what everyone polls once a second: older by one more second at most, and stale rather than
 * nothing.
 */
export const EACH_SECOND = 'public, max-age=1, stale-while-revalidate=1, stale-if-error=60';

/** A text that many ask for: made and compressed once. */
export class Packed {
  readonly plain: Buffer;
  readonly etag: string;
  #gzip: Buffer | undefined;

  constructor(text: string) {
    this.plain = Buffer.from(text);
    this.etag = etagOf(this.plain);
  }

  /** The answer to one request: 304 when the client has this version, gzip when it accepts it. */
  reply(request: RequestHeaders, headers: { 'content-type': string; 'cache-control': string }): Reply {
    const coding = takes(request['accept-encoding'], 'gzip') ? 'gzip' : undefined;
    const etag = codedTag(this.etag, coding);
    const common = { ...OPEN_TO_ALL, ...headers, etag, vary: 'accept-encoding' };
    if (matches(request['if-none-match'], etag)) return { status: 304, headers: common, body: '' };
    if (!coding) return { status: 200, headers: common, body: this.plain };
    this.#gzip ??= gzipSync(this.plain);
    return { status: 200, headers: { ...common, 'content-encoding': coding }, body: this.#gzip };
  }
}

/**
 * An answer with sound. Sound never changes, except with `substitute`: then it stands in for sound that may arrive a
 * moment later.
 */
export const sound = (body: Buffer, substitute = false): Reply => ({
  status: 200,
  headers: {
    ...OPEN_TO_ALL,
    'content-type': 'audio/mp4',
    'cache-control': substitute ? 'public, max-age=1' : FOR_EVER,
  },
  body,
});
