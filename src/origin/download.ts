import { Readable } from 'node:stream';
import { etagOf, matches } from '../base/negotiation.ts';
import { type Charge, problem, type Reply } from '../base/reply.ts';
import { type EpochMs, fragmentStart } from '../base/time.ts';
import { fragmentFrames, wholeFragments } from '../wire/boxes.ts';
import { withGain } from './aac-gain.ts';
import { chaptersOf } from './chapters.ts';
import { openLoudness } from './loudness.ts';
import { m4aHead } from './m4a.ts';
import { OPEN_TO_ALL, type RequestHeaders } from './packed.ts';
import { readRange } from './range.ts';
import { type Piece, type Recording, type RecordingPort, replayPieces, replayStart } from './recording.ts';

/** Rooms whose frame sizes are remembered: 0.7 MB for two hours. */
const MAX_REMEMBERED = 16;
/** What reading and parsing one recorded piece takes, µs. */
const PIECE_COST = 250;

/** One file that exists only as a plan: its head, and where each piece's frames lie. */
interface Plan {
  readonly head: Buffer;
  readonly etag: string;
  readonly total: number;
  readonly parts: readonly { readonly piece: Piece; readonly start: number; readonly bytes: number }[];
}

/** `replay.m4a`: one seekable file over the recorded AAC, never written to disk. */
export interface Download extends AsyncDisposable {
  answer(
    slug: string,
    recording: Recording,
    over: boolean,
    query: URLSearchParams,
    headers: RequestHeaders,
    charge: Charge,
  ): Promise<Reply>;
}

/** Opens the download side of the origin. */
export function openDownload(port: RecordingPort): Download {
  const loudness = openLoudness(port);
  const sizes = new Map<string, Map<string, Uint16Array[]>>();
  const plans = new Map<string, { readonly of: string; readonly plan: Promise<Plan | undefined> }>();

  const sizesOf = async (
    slug: string,
    rendition: string,
    piece: Piece,
    start: number,
  ): Promise<Uint16Array[]> => {
    const known = sizes.get(slug) ?? new Map<string, Uint16Array[]>();
    sizes.delete(slug);
    sizes.set(slug, known);
    const oldest = sizes.keys().next().value;
    if (sizes.size > MAX_REMEMBERED && oldest !== undefined) sizes.delete(oldest);
    const key = `${piece.first}-${piece.count}-${start > piece.first ? start : ''}`;
    const old = known.get(key);
    if (old) return old;
    const found = (await framesOf(port, slug, rendition, piece, start)).map((frames) =>
      Uint16Array.from(frames, (frame) => frame.length),
    );
    known.set(key, found);
    return found;
  };

  const plan = async (slug: string, recording: Recording, rendition: string): Promise<Plan | undefined> => {
    const init = await port.init(slug, rendition);
    const pieces = replayPieces(recording, rendition);
    const first = pieces[0];
    if (!init || !first) return undefined;
    const start = replayStart(recording);
    const fragments: Uint16Array[] = [];
    const lengths: { piece: Piece; bytes: number }[] = [];
    for (const piece of pieces) {
      const found = await sizesOf(slug, rendition, piece, start);
      fragments.push(...found);
      lengths.push({ piece, bytes: found.reduce((sum, list) => sum + list.reduce((a, b) => a + b, 0), 0) });
    }
    const head = m4aHead({
      title: recording.title,
      date: new Date(fragmentStart(recording.zero as EpochMs, Math.max(first.first, start))).toISOString(),
      init,
      fragments,
      chapters: chaptersOf(recording, pieces),
    });
    let at = head.length;
    const parts = lengths.map(({ piece, bytes }) => {
      at += bytes;
      return { piece, start: at - bytes, bytes };
    });
    return { head, etag: etagOf(head), total: at, parts };
  };

  const planned = (
    slug: string,
    recording: Recording,
    rendition: string,
    charge: Charge,
  ): Promise<Plan | undefined> | 'crowded' => {
    const pieces = recording.pieces.get(rendition);
    const last = pieces?.at(-1);
    const of = `${last?.first}-${last?.count}-${recording.marks.length}`;
    const known = plans.get(slug);
    if (known?.of === of) return known.plan;
    if (!charge((pieces?.length ?? 0) * PIECE_COST)) return 'crowded';
    const next = plan(slug, recording, rendition);
    next.catch(() => plans.delete(slug));
    plans.delete(slug);
    plans.set(slug, { of, plan: next });
    const oldest = plans.keys().next().value;
    if (plans.size > MAX_REMEMBERED && oldest !== undefined) plans.delete(oldest);
    return next;
  };

  return {
    async answer(slug, recording, over, query, headers, charge) {
      const wanted = query.get('loudness');
      if (wanted !== null && wanted !== 'normalised')
        return problem('bad-request', 'loudness is "normalised" or left out.', OPEN_TO_ALL);
      const rendition = recording.renditions.find((r) => r.codec === 'aac' && r.container === 'fmp4')?.id;
      const file = rendition === undefined ? undefined : await planned(slug, recording, rendition, charge);
      if (file === 'crowded') return problem('crowded', undefined, { ...OPEN_TO_ALL, 'retry-after': '10' });
      if (!file || rendition === undefined)
        return problem('not-found', 'No AAC is recorded of this room.', OPEN_TO_ALL);
      const steps = wanted === null ? 0 : await loudness.steps(slug, recording);
      const etag = steps === 0 ? file.etag : file.etag.replace(/"$/, `${steps < 0 ? '' : '+'}${steps}"`);
      const common = {
        ...OPEN_TO_ALL,
        'content-type': 'audio/mp4',
        'accept-ranges': 'bytes',
        etag,
        'content-disposition': `inline; filename="${slug}.m4a"`,
        'cache-control': over ? 'public, max-age=60' : 'no-cache',
      };
      if (matches(headers['if-none-match'], etag)) return { status: 304, headers: common, body: '' };
      const fresh = headers['if-range'] === undefined || headers['if-range'] === etag;
      const range = fresh ? readRange(headers.range, file.total) : undefined;
      if (range === 'unsatisfiable')
        return { status: 416, headers: { ...common, 'content-range': `bytes */${file.total}` }, body: '' };
      const [from, to] = range ?? [0, file.total];
      return {
        status: range ? 206 : 200,
        headers: {
          ...common,
          'content-length': String(to - from),
          ...(range ? { 'content-range': `bytes ${from}-${to - 1}/${file.total}` } : {}),
        },
        body: Readable.from(bytesOf(port, slug, rendition, file, replayStart(recording), steps, from, to), {
          objectMode: false,
        }),
      };
    },
    [Symbol.asyncDispose]: () => loudness[Symbol.asyncDispose](),
  };
}

/** The frames of each fragment of a piece from slot `start` on. */
async function framesOf(port: RecordingPort, slug: string, rendition: string, piece: Piece, start: number) {
  const bytes = (await port.read(slug, rendition, piece)) ?? Buffer.alloc(0);
  return wholeFragments(bytes)
    .filter(({ seq }) => seq >= start)
    .map((place) => fragmentFrames(bytes.subarray(place.start, place.end)));
}

/** The bytes `from` (inclusive) to `to` (exclusive) of the planned file, a piece at a time. */
async function* bytesOf(
  port: RecordingPort,
  slug: string,
  rendition: string,
  file: Plan,
  start: number,
  steps: number,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  if (from < file.head.length) yield file.head.subarray(from, Math.min(to, file.head.length));
  for (const part of file.parts) {
    if (part.start + part.bytes <= from || part.bytes === 0) continue;
    if (part.start >= to) return;
    const frames = (await framesOf(port, slug, rendition, part.piece, start)).flat();
    const bytes = Buffer.concat(steps === 0 ? frames : frames.map((frame) => withGain(frame, steps)));
    // The declared length was promised already: a piece that vanished must break the connection, not shift the rest.
    if (bytes.length !== part.bytes) throw new Error(`${slug}: piece ${part.piece.first} is not what it was`);
    yield bytes.subarray(Math.max(0, from - part.start), Math.min(part.bytes, to - part.start));
  }
}
