import { cursorText, isRefusal, pageIn, pageWanted, refused } from '../api/index.ts';
import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { open as openClaims } from '../claims/index.ts';
import type { Config } from '../config/index.ts';
import { MOST_LISTED, openDesk } from '../incident/index.ts';
import { readSecret } from '../keys/secret.ts';
import { signingKeyFor } from '../keys/signing-keys.ts';
import { openPages } from '../pages/index.ts';
import { type CardPainter, openCardPainter } from '../picture/index.ts';
import type { Rooms } from '../room/index.ts';
import { isListed } from '../wire/room.ts';
import type { Paths } from './paths.ts';
import { askForDesk, askForNotes, askForNumbers } from './room-numbers.ts';

/** The same, of rooms that are not closed to strangers. */
const publicNumbers = (
  asked: ReturnType<typeof askForNumbers>,
  closed: (slug: string) => Promise<boolean>,
): ReturnType<typeof askForNumbers> => ({
  numbersOf: async (slug) => ((await closed(slug)) ? undefined : asked.numbersOf(slug)),
  bundleOf: async (slug) => ((await closed(slug)) ? undefined : asked.bundleOf(slug)),
});

/** A page of incidents, the newest first: the id of one says when it began. */
function incidentsPage({ url }: Request, list: readonly { readonly id: string }[]): Response {
  const { pathname, searchParams } = new URL(url);
  const wanted = pageWanted(Object.fromEntries(searchParams), MOST_LISTED);
  if (isRefusal(wanted)) return refused(wanted);
  const { rows, next } = pageIn(list, ({ id }) => ({ at: 0, key: id }), wanted);
  if (!next) return Response.json({ incidents: rows });
  const cursor = cursorText(next);
  searchParams.set('cursor', cursor);
  const link = `<${pathname}?${searchParams}>; rel="next"`;
  return Response.json({ incidents: rows, next: cursor }, { headers: { link } });
}

/** Answers requests about claims and incidents, with figures from the tally; passes other requests on to the rooms. */
export async function answerClaims(
  config: Config,
  at: Paths,
  log: Log,
  rooms: Rooms,
): Promise<(request: Request) => Promise<Response>> {
  const pages = openPages({ manifest: {} });
  let painter: CardPainter | undefined;
  // What a private room says of itself is for those who were let in; claims are public.
  const closed = async (slug: string): Promise<boolean> =>
    (rooms.card(slug) ?? (await rooms.over(slug)))?.access === 'private';
  const claims = await openClaims({
    pngOf(svg) {
      painter ??= openCardPainter();
      return painter.png(svg);
    },
    figureCard(metric, numbers, language) {
      const card = rooms.card(numbers.room);
      return card && pages.figureCard(metric, card, numbers, language, false);
    },
    ...{ clock: systemClock, log: log.part('claims'), publicUrl: config.publicUrl },
    key: signingKeyFor(readSecret(at.secret), 'claim cards'),
    dir: at.claims,
    whoIs: rooms.whoIs,
    isOperator: rooms.isOperator,
    ...publicNumbers(askForNumbers(at.tallyHttp), closed),
    notes: askForNotes(at.tallyHttp),
    titleOf: async (slug) => {
      const card = rooms.card(slug) ?? (await rooms.over(slug));
      return card?.access === 'private' ? undefined : card?.title;
    },
    rooms: () => rooms.cards().filter((card) => !card.welcome && isListed(card)),
  });
  const desk = openDesk({
    ...{ clock: systemClock, isOperator: rooms.isOperator, whoIs: rooms.whoIs },
    ...askForDesk(at.tallyHttp),
    page: incidentsPage,
  });
  return (request) =>
    desk(request) ?? (claims.takes(new URL(request.url).pathname) ? claims : rooms).fetch(request);
}
