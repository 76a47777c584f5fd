import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import { problem } from '../base/reply.ts';
import { ms } from '../base/time.ts';
import { find } from '../http/index.ts';
import { encodeEntries } from './entry-files.ts';
import { COSIGNABLE, type Cosigned, type Heads } from './heads.ts';
import type { LogKeys } from './log-keys.ts';
import type { EvidenceStore } from './store.ts';
import { HASH_BYTES } from './tree/merkle.ts';
import { hashesAt, parseTilePath, TILE_WIDTH, type TileName } from './tree/tile.ts';

/** A body with one checkpoint and sixty signatures is smaller. */
const MAX_COSIGN_BYTES = 16 * 1024;
/** Bundles that are being made and sent at the same time. */
const MAX_BUNDLES = 8;
/** Whoever takes nothing of a bundle for so long is given up. */
const STALLED = ms(30_000);
/** What comes out of a bundle at once. */
const CHUNK_CHARS = 64 * 1024;
/** Cosignatures that are checked: this many at once, and so many more a second. */
const ALLOWANCE: readonly [burst: number, perSecond: number] = [64, 16];

const FOR_EVER = 'public, max-age=31536000, immutable';
/** As `state.json`: everybody asks, and it changes every ten seconds. */
const A_SECOND = 'public, max-age=1, stale-while-revalidate=1, stale-if-error=60';

/** Dependencies of the answers. */
export interface EvidenceAnswerDeps {
  readonly store: EvidenceStore;
  readonly heads: Heads;
  readonly keys: LogKeys;
  readonly clock: Clock;
  /** True for a room whose entries strangers may not read. */
  withheld(room: string): boolean;
  /** The lines of a room's bundle; undefined when there is none. */
  bundle(room: string): Promise<AsyncGenerator<string> | undefined>;
  /** Something could not be read. */
  failed(error: unknown): void;
}

/** What stands in a tile for an entry that strangers may not read. */
const NOTHING = Buffer.alloc(0);

const refuse = (code: ErrorCode, detail?: string, headers?: Record<string, string>): Response => {
  const reply = problem(code, detail, headers);
  return new Response(String(reply.body), { status: reply.status, headers: reply.headers });
};

const answer = (body: string | Uint8Array<ArrayBuffer>, type: string, keeps: string): Response =>
  new Response(body, { headers: { 'content-type': type, 'cache-control': keeps } });

const REFUSALS: Readonly<Record<Exclude<Cosigned, 'kept'>, readonly [ErrorCode, string?]>> = {
  key: [
    'bad-request',
    'earshot-witness-key must hold the verifier key of the witness: name+id+base64, type 0x04.',
  ],
  note: ['bad-request', 'The body must be a signed note with a checkpoint.'],
  unknown: [
    'unprocessable',
    `This is none of the ${COSIGNABLE} newest checkpoints of this log. Cosign the newest.`,
  ],
  signature: ['unprocessable', 'The note has no valid cosignature of this key.'],
  time: [
    'unprocessable',
    'The time in the cosignature is more than a day off: set the clock of the witness.',
  ],
  full: ['witnesses-full'],
};

/** Answers requests for everything below /evidence/, and for bundles. */
export function openAnswers(deps: EvidenceAnswerDeps): (request: Request) => Promise<Response> {
  let bundles = 0;
  let [allowed, since] = [ALLOWANCE[0] as number, deps.clock.now() as number];

  const mayCheck = (): boolean => {
    const now = deps.clock.now();
    allowed = Math.min(ALLOWANCE[0], allowed + ((now - since) / 1000) * ALLOWANCE[1]);
    since = now;
    if (allowed < 1) return false;
    allowed -= 1;
    return true;
  };

  async function cosign(request: Request): Promise<Response> {
    if (!mayCheck())
      return refuse('too-often', 'Send a cosignature again in a moment.', { 'retry-after': '5' });
    const body = await bodyOf(request);
    if (body === undefined) return refuse('too-large');
    const what = await deps.heads.cosign(body, request.headers.get('earshot-witness-key')?.trim() ?? '');
    if (what === 'kept') return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
    return refuse(...REFUSALS[what]);
  }

  async function bundle(room: string): Promise<Response> {
    if (bundles >= MAX_BUNDLES)
      return refuse('crowded', 'Other bundles are being made. Try again in a moment.', {
        'retry-after': '5',
      });
    bundles += 1;
    const done = (): void => {
      bundles -= 1;
    };
    let lines: AsyncGenerator<string> | undefined;
    try {
      lines = await deps.bundle(room);
    } catch (error) {
      done();
      throw error;
    }
    if (!lines) {
      done();
      return refuse(
        'not-found',
        'No signed evidence of this room exists. A running room has some after two minutes.',
      );
    }
    return new Response(streamOf(lines, done, deps), {
      headers: {
        'content-type': 'application/x-ndjson; charset=utf-8',
        'content-disposition': `attachment; filename="${room}.earshot-bundle"`,
        'cache-control': 'no-store',
      },
    });
  }

  return async (request) => {
    const { pathname } = new URL(request.url);
    const found = find(pathname);
    const reads = request.method === 'GET' || request.method === 'HEAD';
    try {
      switch (found?.address.id) {
        case 'evidence-head':
          if (!reads) return refuse('method-not-allowed');
          return answer(deps.heads.served, 'text/plain; charset=utf-8', A_SECOND);
        case 'evidence-entry':
          if (!reads) return refuse('method-not-allowed');
          return await entry(deps, Number(pathname.slice(pathname.lastIndexOf('/') + 1)));
        case 'evidence-keys':
          if (!reads) return refuse('method-not-allowed');
          return answer(keysText(deps), 'application/json', A_SECOND);
        case 'evidence-tile':
          if (!reads) return refuse('method-not-allowed');
          return await tile(deps, pathname.slice('/evidence/'.length));
        case 'evidence-cosign':
          return request.method === 'POST' ? await cosign(request) : refuse('method-not-allowed');
        case 'bundle':
          return reads ? await bundle(found.room) : refuse('method-not-allowed');
        default:
          return refuse('not-found');
      }
    } catch (error) {
      deps.failed(error);
      return refuse('evidence-unreadable', undefined, { 'retry-after': '10' });
    }
  };
}

const keysText = ({ keys, heads }: EvidenceAnswerDeps): string =>
  JSON.stringify({
    origin: keys.origin,
    keys: keys.written,
    changes: keys.changes,
    witnesses: heads.witnesses.known,
  });

/** True for an entry about a private room. */
function isWithheld(entry: Uint8Array, withheld: EvidenceAnswerDeps['withheld']): boolean {
  const { room } = JSON.parse(Buffer.from(entry).toString()) as { room?: unknown };
  return typeof room === 'string' && withheld(room);
}

/** One entry, exactly as it was hashed, for people who follow a link; programs read whole tiles. */
async function entry({ store, heads, withheld }: EvidenceAnswerDeps, index: number): Promise<Response> {
  if (index >= (heads.last?.size ?? 0))
    return refuse('not-found', 'The newest checkpoint does not cover an entry of this number yet.');
  const found = (await store.entries(Math.floor(index / TILE_WIDTH)))[index % TILE_WIDTH];
  if (!found) throw new RangeError(`entry ${index} is missing`);
  if (isWithheld(found, withheld))
    return refuse(
      'not-found',
      'This entry is about a private room: those who are let in find it in its bundle.',
    );
  return answer(new Uint8Array(found), 'application/json', FOR_EVER);
}

/** A tile, as far as the newest checkpoint covers it. Entries about private rooms are empty in it; their hashes are not. */
async function tile({ store, heads, withheld }: EvidenceAnswerDeps, path: string): Promise<Response> {
  const name = parseTilePath(path);
  const size = heads.last?.size ?? 0;
  if (!name) return refuse('not-found', 'Tiles are named as in https://c2sp.org/tlog-tiles.');
  const level = name.level === 'entries' ? 0 : name.level;
  if (hashesAt(level, size) < name.index * TILE_WIDTH + name.width)
    return refuse(
      'not-found',
      'The log has not grown so far, or its newest checkpoint does not cover this yet.',
    );
  if (name.level !== 'entries')
    return answer(
      new Uint8Array(await hashBytes(store, { ...name, level: name.level })),
      'application/octet-stream',
      FOR_EVER,
    );
  const entries = (await store.entries(name.index)).slice(0, name.width);
  if (entries.length !== name.width) throw new RangeError(`entries of tile ${name.index} are missing`);
  const shown = entries.map((one) => (isWithheld(one, withheld) ? NOTHING : one));
  // A room that is opened to everybody later has its entries here then.
  const keeps = shown.includes(NOTHING) ? A_SECOND : FOR_EVER;
  return answer(new Uint8Array(encodeEntries(shown)), 'application/octet-stream', keeps);
}

/** @throws RangeError when some of it is missing. */
async function hashBytes(
  store: EvidenceStore,
  { level, index, width }: TileName & { readonly level: number },
): Promise<Buffer> {
  const bytes = await store.hashes({ level, index, width });
  if (bytes.length !== width * HASH_BYTES) throw new RangeError(`tile ${level}/${index} is too short`);
  return bytes;
}

/** The body as text; undefined when it is too large or not UTF-8. */
async function bodyOf(request: Request): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > MAX_COSIGN_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Lines as a body that is made as fast as it is taken. `done` is called once. */
function streamOf(
  lines: AsyncGenerator<string>,
  done: () => void,
  { clock, failed }: Pick<EvidenceAnswerDeps, 'clock' | 'failed'>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let timer: Disposable | undefined;
  let over = false;
  const end = (): void => {
    timer?.[Symbol.dispose]();
    if (!over) done();
    over = true;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        timer?.[Symbol.dispose]();
        try {
          let text = '';
          while (text.length < CHUNK_CHARS) {
            const { value, done: finished } = await lines.next();
            if (finished) {
              if (text) controller.enqueue(encoder.encode(text));
              controller.close();
              return end();
            }
            text += value;
          }
          controller.enqueue(encoder.encode(text));
        } catch (error) {
          failed(error);
          controller.error(error);
          return end();
        }
        // Whoever takes nothing any more makes place for others.
        timer = clock.after(STALLED, () => {
          controller.error(new Error('the bundle was not taken'));
          void lines.return(undefined);
          end();
        });
      },
      async cancel() {
        await lines.return(undefined);
        end();
      },
    },
    { highWaterMark: 0 },
  );
}
