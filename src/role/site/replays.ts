import { markOf, type openEditsBook, openReader, originalOf } from '../../archive/index.ts';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { clipCard } from '../../pages/index.ts';
import { type CardPainter, openCardPainter } from '../../picture/index.ts';
import { open as openReplays } from '../../replay/index.ts';
import type { Rooms } from '../../room/index.ts';
import type { Paths } from '../paths.ts';
import { askForNotes } from '../room-numbers.ts';

/** Answers requests about chapters, clips and trims; passes other requests on to `next`. */
export function answerReplays(
  at: Paths,
  log: Log,
  rooms: Rooms,
  next: (request: Request) => Promise<Response>,
  edits: ReturnType<typeof openEditsBook>,
): (request: Request) => Promise<Response> {
  const reader = openReader(at.archive);
  const notes = askForNotes(at.tallyHttp);
  let painter: CardPainter | undefined;
  const replays = openReplays({
    ...{ clock: systemClock, log, edits },
    memberOf: rooms.memberOf,
    cardOf: async (slug) => rooms.card(slug) ?? rooms.over(slug),
    original: (slug) => originalOf(reader, slug),
    mark: markOf,
    async witness(room, author, text, key) {
      const answer = await notes.writeNote(room, { author, text, key }).catch(() => undefined);
      return answer?.status === 201;
    },
    png(clip) {
      painter ??= openCardPainter();
      return painter.png(clipCard(clip, 'en'));
    },
  });
  return (request) => (replays.takes(new URL(request.url).pathname) ? replays.fetch(request) : next(request));
}
