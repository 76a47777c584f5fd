import { linksOf } from './links.ts';
import type { RoomOnSite } from './rows.ts';

/** Content lines are folded at 75 octets. Spec: RFC 5545, 3.1. */
const LINE_OCTETS = 75;
/** How long before its start a calendar reminds people of a room, in minutes. */
const ALARM_MINUTES = 10;

/**
 * A calendar entry for the room, one hour long because no end is announced. It stays the same entry for ever,
 * whatever address it is fetched from, and each change increases its sequence. Spec: RFC 5545.
 */
export function ics(entry: RoomOnSite, publicUrl: string): string {
  const { card, sequence, created } = entry;
  const { url } = linksOf(publicUrl, card.slug);
  const modified = entry.modified ?? created;
  const cancelled = card.status === 'cancelled';
  const why = cancelled ? entry.arrangements?.plans?.cancelled?.reason : undefined;
  const hosts = card.hosts.length > 0 ? card.hosts.join(', ') : 'Earshot';
  const alarm = [
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `TRIGGER:-PT${ALARM_MINUTES}M`,
    `DESCRIPTION:${escaped(card.title)}`,
    'END:VALARM',
  ];
  return `${[
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Earshot//Rooms//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    'X-PUBLISHED-TTL:PT1H',
    'BEGIN:VEVENT',
    `UID:${entry.id}@earshot`,
    `SEQUENCE:${sequence}`,
    // Of the entry's own revision, so that the same revision is the same text. Spec: RFC 5545, 3.8.7.2.
    `DTSTAMP:${stamp(modified)}`,
    `CREATED:${stamp(created)}`,
    `LAST-MODIFIED:${stamp(modified)}`,
    `DTSTART:${stamp(card.clocks.scheduled ?? card.clocks.opened ?? created)}`,
    'DURATION:PT1H',
    `SUMMARY:${escaped(card.title)}`,
    `DESCRIPTION:${escaped([why, entry.arrangements?.about, why === undefined ? `Listen at ${url}` : url].filter(Boolean).join('\n'))}`,
    // What a client shows beside a cancellation. Spec: RFC 5545, 3.8.1.4.
    ...(why === undefined ? [] : [`COMMENT:${escaped(why)}`]),
    `LOCATION:${escaped(url)}`,
    `URL:${url}`,
    // Required when published (RFC 5546, 3.2.1); a room has no mailbox.
    `ORGANIZER;CN="${parameter(hosts)}":mailto:no-reply@earshot.invalid`,
    `STATUS:${cancelled ? 'CANCELLED' : 'CONFIRMED'}`,
    'TRANSP:OPAQUE',
    ...(cancelled ? [] : alarm),
    'END:VEVENT',
    'END:VCALENDAR',
  ]
    .map(folded)
    .join('\r\n')}\r\n`;
}

const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');

const escaped = (text: string): string =>
  text.replace(/[\\;,]/g, (letter) => `\\${letter}`).replace(/\r\n|\r|\n/g, '\\n');

/** A quoted parameter value: it has no escapes of RFC 5545, so RFC 6868 gives it some. */
const parameter = (text: string): string =>
  text
    .replace(/\^/g, '^^')
    .replace(/"/g, "^'")
    .replace(/\r\n|\r|\n/g, '^n');

function folded(line: string): string {
  const lines: string[] = [];
  let current = '';
  let room = LINE_OCTETS;
  for (const letter of line) {
    const octets = Buffer.byteLength(letter);
    if (octets > room) {
      lines.push(current);
      current = ' ';
      room = LINE_OCTETS - 1;
    }
    current += letter;
    room -= octets;
  }
  return [...lines, current].join('\r\n');
}
