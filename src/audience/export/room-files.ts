import type { Clock } from '../../base/clock.ts';
import { problem } from '../../base/reply.ts';
import { ms } from '../../base/time.ts';
import { find } from '../../http/index.ts';
import type { BundleEntry } from '../../wire/evidence-entry.ts';
import { eveningOf, type LoggedItem } from '../evening.ts';
import { csvOf } from './csv.ts';
import { parquetOf } from './parquet.ts';

/** How long what was made is given out again: a picture changes every ten seconds. */
const KEPT = ms(10_000);
/** Files that are kept so, and files that are made at once; beyond it the answer is to come again. */
const MAX_KEPT = 64;
const MAX_MAKING = 4;
const CACHE = 'public, max-age=10, stale-while-revalidate=10, stale-if-error=60';

/** Dependencies of the exported files. */
export interface RoomFilesDeps {
  readonly clock: Clock;
  /** The lines of a room's bundle; undefined when nothing is known of it. */
  bundle(room: string): Promise<AsyncIterable<string> | undefined>;
}

type Kind = 'evening' | 'numbers-csv' | 'numbers-parquet';
const KINDS: Readonly<Record<Kind, string>> = {
  evening: 'application/json',
  'numbers-csv': 'text/csv; charset=utf-8',
  'numbers-parquet': 'application/vnd.apache.parquet',
};

interface Made {
  readonly at: number;
  readonly body: Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/**
 * Answers requests for what is made from a room's entries: the chart of its evening, and its figures as CSV and
 * Parquet. Undefined for any other address.
 */
export function openRoomFiles(deps: RoomFilesDeps): (request: Request) => Promise<Response> | undefined {
  const made = new Map<string, Made>();
  let making = 0;

  const make = (kind: Kind, room: string): Made => {
    making += 1;
    const body = fileOf(kind, room, deps).finally(() => {
      making -= 1;
    });
    body.catch(() => made.delete(`${kind} ${room}`));
    return { at: deps.clock.now(), body };
  };

  const kept = (kind: Kind, room: string): Made | undefined => {
    const key = `${kind} ${room}`;
    const before = made.get(key);
    if (before && deps.clock.now() - before.at < KEPT) return before;
    if (making >= MAX_MAKING) return before;
    const now = make(kind, room);
    made.delete(key);
    made.set(key, now);
    const [oldest] = made.keys();
    if (made.size > MAX_KEPT && oldest !== undefined) made.delete(oldest);
    return now;
  };

  return (request) => {
    const found = find(new URL(request.url).pathname);
    const kind = found?.address.id as Kind | undefined;
    if (!found || kind === undefined || !Object.hasOwn(KINDS, kind)) return undefined;
    return answer(kind, found.room, kept(kind, found.room));
  };
}

async function answer(kind: Kind, room: string, file: Made | undefined): Promise<Response> {
  if (!file) {
    const { status, headers, body } = problem('too-often', 'Others are being made: ask again in a moment.', {
      'retry-after': '5',
    });
    return new Response(String(body), { status, headers });
  }
  const bytes = await file.body;
  if (bytes === undefined && kind !== 'evening') {
    const { status, headers, body } = problem('not-found', 'Nothing has been counted in this room yet.');
    return new Response(String(body), { status, headers });
  }
  const headers: Record<string, string> = { 'content-type': KINDS[kind], 'cache-control': CACHE };
  if (kind === 'numbers-csv') headers['content-disposition'] = `attachment; filename="${room}.csv"`;
  if (kind === 'numbers-parquet') headers['content-disposition'] = `attachment; filename="${room}.parquet"`;
  return new Response(bytes ?? JSON.stringify(eveningOf(room, 0, [])), { headers });
}

/** Undefined when nothing is known of the room. */
async function fileOf(
  kind: Kind,
  room: string,
  { bundle, clock }: RoomFilesDeps,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const lines = await bundle(room);
  if (lines === undefined) return undefined;
  const items = await itemsIn(lines);
  if (kind === 'evening')
    return Buffer.from(JSON.stringify(eveningOf(room, clock.wall(), items))) as Uint8Array<ArrayBuffer>;
  if (kind === 'numbers-csv') return Buffer.from([...csvOf(room, items)].join('')) as Uint8Array<ArrayBuffer>;
  return (await parquetOf(room, items)) as Uint8Array<ArrayBuffer>;
}

async function itemsIn(lines: AsyncIterable<string>): Promise<LoggedItem[]> {
  const items: LoggedItem[] = [];
  for await (const line of lines) {
    const parsed = JSON.parse(line) as Partial<BundleEntry>;
    if (parsed.kind !== 'entry' || parsed.entry === undefined || parsed.index === undefined) continue;
    items.push({ index: parsed.index, entry: JSON.parse(parsed.entry) });
  }
  return items;
}
