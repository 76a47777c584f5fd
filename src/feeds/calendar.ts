import { isShownTwice, offsetAt } from '../wire/zones/time-zone.ts';
import { localStamp, zoneLines } from './calendar-zone.ts';

/** Content lines are folded at 75 octets. Spec: RFC 5545, 3.1. */
const LINE_OCTETS = 75;
/** How long before its start a calendar reminds people of a room, in minutes. */
const ALARM_MINUTES = 10;
/** No end is announced. */
const LENGTH_MS = 3_600_000;
/** How often a calendar asks for news. */
const REFRESH = 'PT15M';

/** One event. */
export interface CalendarEvent {
  /** The same for ever, whatever address it is fetched from. */
  readonly uid: string;
  /** Changes to what a calendar shows. */
  readonly sequence: number;
  /** Wall-clock ms: when it was made, when it was changed last, when it begins. */
  readonly created: number;
  readonly modified: number;
  readonly start: number;
  /** In which its start is written, by its IANA name; absent: UTC. */
  readonly zone?: string | undefined;
  readonly title: string;
  readonly about?: string | undefined;
  /** Where one listens. */
  readonly url: string;
  readonly hosts: readonly string[];
  /** Why it is late, where hosts say so. */
  readonly late?: string | undefined;
  /** Why it does not take place; empty: hosts do not say. */
  readonly cancelled?: string | undefined;
}

/** What a calendar says of itself, where people subscribe to it. */
export interface CalendarName {
  readonly name: string;
  readonly about: string;
  /** The page for people, and the calendar itself. */
  readonly url: string;
  readonly source: string;
  readonly uid: string;
}

/**
 * A calendar. Each event is one hour long because no end is announced. It starts in the zone of its room, which the calendar
 * describes; one without a zone, and what zones cannot say, is in UTC. Spec: RFC 5545; RFC 7986; RFC 6868.
 */
export function calendar(events: readonly CalendarEvent[], named?: CalendarName): string {
  const newest = events.reduce((at, { modified }) => Math.max(at, modified), 0);
  return `${[
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Earshot//Rooms//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    ...(named
      ? [
          `UID:${named.uid}`,
          `NAME:${escaped(named.name)}`,
          // For programs from before RFC 7986.
          `X-WR-CALNAME:${escaped(named.name)}`,
          `DESCRIPTION:${escaped(named.about)}`,
          `X-WR-CALDESC:${escaped(named.about)}`,
          `URL:${named.url}`,
          `SOURCE;VALUE=URI:${named.source}`,
          ...(newest > 0 ? [`LAST-MODIFIED:${stamp(newest)}`] : []),
        ]
      : []),
    `REFRESH-INTERVAL;VALUE=DURATION:${REFRESH}`,
    `X-PUBLISHED-TTL:${REFRESH}`,
    ...zonesOf(events),
    ...events.flatMap(eventLines),
    'END:VCALENDAR',
  ]
    .map(folded)
    .join('\r\n')}\r\n`;
}

/**
 * The zone in which an event is written. Programs disagree about an hour that clocks show twice, and about how long one lasts
 * over which they change, whatever RFC 5545 says: such an event is in UTC.
 */
function writtenIn({ zone, start }: CalendarEvent): string | undefined {
  if (zone === undefined || zone === 'UTC') return undefined;
  const end = start + LENGTH_MS;
  const changes = offsetAt(zone, start) !== offsetAt(zone, end);
  return changes || isShownTwice(zone, start) || isShownTwice(zone, end) ? undefined : zone;
}

/** Each zone that events have, once. */
function zonesOf(events: readonly CalendarEvent[]): string[] {
  const spans = new Map<string, [number, number]>();
  for (const event of events) {
    const zone = writtenIn(event);
    const { start } = event;
    const [first, last] = (zone !== undefined && spans.get(zone)) || [start, start];
    if (zone !== undefined) spans.set(zone, [Math.min(first, start), Math.max(last, start)]);
  }
  return [...spans].flatMap(([zone, [first, last]]) => zoneLines(zone, first, last));
}

function startLine(event: CalendarEvent): string {
  const zone = writtenIn(event);
  return zone === undefined
    ? `DTSTART:${stamp(event.start)}`
    : `DTSTART;TZID=${zone}:${localStamp(zone, event.start)}`;
}

function eventLines(event: CalendarEvent): string[] {
  const { url, title, modified, late, cancelled } = event;
  const off = cancelled !== undefined;
  const why = cancelled || undefined;
  const hosts = event.hosts.length > 0 ? event.hosts.join(', ') : 'Earshot';
  const about = [why, off ? undefined : late, event.about, why === undefined ? `Listen at ${url}` : url];
  return [
    'BEGIN:VEVENT',
    `UID:${event.uid}`,
    `SEQUENCE:${event.sequence}`,
    // Of the event's own revision, so that the same revision is the same text. Spec: RFC 5545, 3.8.7.2.
    `DTSTAMP:${stamp(modified)}`,
    `CREATED:${stamp(event.created)}`,
    `LAST-MODIFIED:${stamp(modified)}`,
    startLine(event),
    'DURATION:PT1H',
    `SUMMARY:${escaped(title)}`,
    `DESCRIPTION:${escaped(about.filter(Boolean).join('\n'))}`,
    // What a client shows beside a cancellation. Spec: RFC 5545, 3.8.1.4.
    ...(why === undefined ? [] : [`COMMENT:${escaped(why)}`]),
    `LOCATION:${escaped(url)}`,
    `URL:${url}`,
    // Spec: RFC 7986, 5.11.
    ...(off ? [] : [`CONFERENCE;VALUE=URI;FEATURE=AUDIO;LABEL="${parameter(title)}":${url}`]),
    // Required when published (RFC 5546, 3.2.1); a room has no mailbox.
    `ORGANIZER;CN="${parameter(hosts)}":mailto:no-reply@earshot.invalid`,
    `STATUS:${off ? 'CANCELLED' : 'CONFIRMED'}`,
    `TRANSP:${off ? 'TRANSPARENT' : 'OPAQUE'}`,
    ...(off
      ? []
      : [
          'BEGIN:VALARM',
          'ACTION:DISPLAY',
          `TRIGGER:-PT${ALARM_MINUTES}M`,
          `DESCRIPTION:${escaped(title)}`,
          'END:VALARM',
        ]),
    'END:VEVENT',
  ];
}

const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');

/** What no line may have; half a character of two would be lost on the way. Spec: RFC 5545, 3.1 (CONTROL). */
const writable = (text: string): string =>
  text
    .replace(/\r\n|\r/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .toWellFormed();

const escaped = (text: string): string =>
  writable(text)
    .replace(/[\\;,]/g, (letter) => `\\${letter}`)
    .replaceAll('\n', '\\n');

/** A quoted parameter value: it has no escapes of RFC 5545, so RFC 6868 gives it some. */
const parameter = (text: string): string =>
  writable(text).replace(/\^/g, '^^').replace(/"/g, "^'").replaceAll('\n', '^n');

function folded(line: string): string {
  if (line.length * 3 <= LINE_OCTETS) return line;
  const lines: string[] = [];
  let from = 0;
  let at = 0;
  let left = LINE_OCTETS;
  for (const letter of line) {
    const octets = Buffer.byteLength(letter);
    if (octets > left) {
      lines.push(line.slice(from, at));
      from = at;
      left = LINE_OCTETS - 1;
    }
    left -= octets;
    at += letter.length;
  }
  return [...lines, line.slice(from)].join('\r\n ');
}
