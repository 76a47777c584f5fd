import { gunzipSync } from 'node:zlib';
import type { Clock } from '../../base/clock.ts';
import { problem, type Reply } from '../../base/reply.ts';
import { ms } from '../../base/time.ts';
import { CHAPTERS_TYPE, chaptersFile } from '../../feeds/index.ts';
import type { ReplayOutline } from '../../wire/replay/outline.ts';
import type { RoomCard } from '../../wire/room.ts';
import { LIVE_LIST, OPEN_TO_ALL, Packed, type RequestHeaders } from '../packed.ts';
import { listReply, notNow } from './replay.ts';
import { type Asker, isNotNow, type ReplayDesk } from './replay-desk.ts';
import type { ReplayList } from './replay-maker.ts';

/** A page is shown without chapters when they take longer; a script reads them later. */
const WAIT = ms(1_000);
/** The same when more than `FEW` pages wait. */
const MOMENT = ms(20);
const FEW = 2;

/** The outline in what was made. */
export const outlineIn = ({ plain, gzip }: ReplayList): ReplayOutline =>
  JSON.parse(String(Buffer.from(plain ?? gunzipSync(gzip)))) as ReplayOutline;

/** Answers `outline.json` and `waveform.json`. */
export async function outlineReply(
  desk: ReplayDesk,
  slug: string,
  over: boolean,
  what: 'outline' | 'waveform',
  headers: RequestHeaders,
  asker: Asker,
): Promise<Reply> {
  const made = await desk.text(slug, over, what, asker);
  if (isNotNow(made)) return notNow(made);
  if (!made) return problem('not-found', 'Nothing is recorded yet.', OPEN_TO_ALL);
  return listReply(made, headers, { 'content-type': 'application/json', 'cache-control': LIVE_LIST });
}

/** Answers `chapters.json`: the chapters on the timeline of the file, which begins a moment later than the playlists. */
export async function chaptersReply(
  desk: ReplayDesk,
  card: RoomCard,
  over: boolean,
  headers: RequestHeaders,
  asker: Asker,
): Promise<Reply> {
  const made = await desk.text(card.slug, over, 'outline', asker);
  if (isNotNow(made)) return notNow(made);
  if (!made) return problem('not-found', 'Nothing is recorded yet.', OPEN_TO_ALL);
  const { lead, chapters } = outlineIn(made);
  const told = chapters.map((one) => ({ ...one, at: one.at - lead }));
  return new Packed(chaptersFile(card.title, told)).reply(headers, {
    ...OPEN_TO_ALL,
    ...{ 'content-type': CHAPTERS_TYPE, 'cache-control': LIVE_LIST },
  });
}

/**
 * Outlines for pages that are being made. One page, or two, wait for theirs; when more come at once, none waits longer
 * than a moment: it is shown without chapters, and they are made for the next.
 */
export function openPageOutlines(
  clock: Clock,
  desk: ReplayDesk,
): (slug: string, over: boolean) => Promise<ReplayOutline | undefined> {
  const { signal } = new AbortController();
  let waiting = 0;
  return async (slug, over) => {
    const late = Promise.withResolvers<undefined>();
    waiting += 1;
    using _ = clock.after(waiting > FEW ? MOMENT : WAIT, () => late.resolve(undefined));
    try {
      const made = await Promise.race([
        desk.text(slug, over, 'outline', { signal, spares: true }),
        late.promise,
      ]);
      if (!made || isNotNow(made)) return undefined;
      return outlineIn(made);
    } finally {
      waiting -= 1;
    }
  };
}
