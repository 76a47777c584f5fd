import type { EpochMs } from '../base/time.ts';
import type { RoomCard } from '../wire/room.ts';
import { linksOf } from './links.ts';

/** Content lines are folded at 75 octets. Spec: RFC 5545, 3.1. */
const LINE_OCTETS = 75;

/** A calendar entry for the room, one hour long because no end is announced. Spec: RFC 5545. */
export function ics(card: RoomCard, publicUrl: string, at: EpochMs): string {
  const { url } = linksOf(publicUrl, card.slug);
  const host = new URL(publicUrl).host;
  return `${[
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Earshot//Rooms//EN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:${card.slug}@${host}`,
    `DTSTAMP:${stamp(at)}`,
    `DTSTART:${stamp(card.clocks.scheduled ?? card.clocks.opened ?? at)}`,
    'DURATION:PT1H',
    `SUMMARY:${escaped(card.title)}`,
    `DESCRIPTION:${escaped(`Listen at ${url}`)}`,
    `URL:${url}`,
    `STATUS:${card.status === 'cancelled' ? 'CANCELLED' : 'CONFIRMED'}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
    .map(folded)
    .join('\r\n')}\r\n`;
}

const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');

const escaped = (text: string): string =>
  text.replace(/[\\;,]/g, (letter) => `\\${letter}`).replace(/\r?\n/g, '\\n');

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
