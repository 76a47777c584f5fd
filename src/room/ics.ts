import { type CalendarEvent, calendar } from '../feeds/index.ts';
import { linksOf } from './links.ts';
import type { RoomOnSite } from './rows.ts';

/** A room as calendars have it: each change of what they show increases its sequence. */
export function calendarEvent(entry: RoomOnSite, publicUrl: string): CalendarEvent {
  const { card, sequence, created, arrangements } = entry;
  return {
    ...{ uid: `${entry.id}@earshot`, sequence, created, modified: entry.modified ?? created },
    start: card.clocks.scheduled ?? card.clocks.opened ?? created,
    ...{ title: card.title, hosts: card.hosts, about: arrangements?.about },
    url: linksOf(publicUrl, card.slug).url,
    late: arrangements?.plans?.late?.reason,
    ...(card.status === 'cancelled' ? { cancelled: arrangements?.plans?.cancelled?.reason ?? '' } : {}),
  };
}

/** The calendar of one room. */
export const ics = (entry: RoomOnSite, publicUrl: string): string =>
  calendar([calendarEvent(entry, publicUrl)]);
