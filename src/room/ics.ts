import { asSlug } from '../base/ids.ts';
import { etagOf, matches } from '../base/negotiation.ts';
import { type CalendarEvent, calendar } from '../feeds/index.ts';
import { linksOf } from './links.ts';
import type { RoomOnSite } from './rows.ts';

/** A room as calendars have it: each change of what they show increases its sequence. */
export function calendarEvent(entry: RoomOnSite, publicUrl: string): CalendarEvent {
  const { card, sequence, created, arrangements } = entry;
  return {
    ...{ uid: `${entry.id}@earshot`, sequence, created, modified: entry.modified ?? created },
    start: card.clocks.scheduled ?? card.clocks.opened ?? created,
    ...{ zone: card.zone },
    ...{ title: card.title, hosts: card.hosts, about: arrangements?.about },
    url: linksOf(publicUrl, card.slug).url,
    late: arrangements?.plans?.late?.reason,
    ...(card.status === 'cancelled' ? { cancelled: arrangements?.plans?.cancelled?.reason ?? '' } : {}),
  };
}

/** The calendar of one room. */
export const ics = (entry: RoomOnSite, publicUrl: string): string =>
  calendar([calendarEvent(entry, publicUrl)]);

/**
 * The answer with it; 304 for whoever has this text. In the second of a change it bears no date: another change may come
 * within it, and by the date nobody could tell one from the other. `at`: the address people use. Spec: RFC 9110, 8.8.2.2.
 */
export function icsAnswer(
  entry: RoomOnSite,
  asked: Headers,
  { at, now, cacheControl }: { readonly at: string; readonly now: number; readonly cacheControl: string },
): Response {
  const text = ics(entry, at);
  const etag = etagOf(Buffer.from(text));
  const changed = Math.floor((entry.modified ?? entry.created) / 1_000) * 1_000;
  const dated = now - changed >= 1_000;
  const headers = {
    'content-type': 'text/calendar; charset=utf-8; method=PUBLISH',
    'content-disposition': `attachment; filename="${asSlug(entry.card.slug) ?? 'room'}.ics"`,
    ...{ 'cache-control': cacheControl, etag },
    ...(dated ? { 'last-modified': new Date(changed).toUTCString() } : {}),
  };
  const known = asked.get('if-none-match');
  const since = Date.parse(asked.get('if-modified-since') ?? '');
  const has = known === null ? dated && changed <= since : matches(known, etag);
  return new Response(has ? null : text, { status: has ? 304 : 200, headers });
}
