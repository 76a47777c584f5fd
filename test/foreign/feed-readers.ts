/** Programs of others that read feeds and calendars. Each throws at the first thing that it would complain about. */
import { createRequire } from 'node:module';
import ICAL from 'ical.js';
import type { FeedObject } from 'podcast-partytime';
import RssParser from 'rss-parser';
import { SaxesParser } from 'saxes';

const load = createRequire(import.meta.url);
const podcasts = load('podcast-partytime') as typeof import('podcast-partytime');
const { logger } = load('podcast-partytime/dist/logger') as {
  logger: Record<'warn' | 'error', (...said: unknown[]) => void>;
};

/** An element as the strict reader found it. */
export interface FoundElement {
  /** With its prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The text inside, without that of elements in it. */
  text: string;
  readonly inside: FoundElement[];
}

/** Reads XML by the letter, namespaces included. @throws at the first fault. */
export function strictXml(text: string): FoundElement {
  const parser = new SaxesParser({ xmlns: true });
  const root: FoundElement = { name: '', attributes: {}, text: '', inside: [] };
  const open = [root];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const values = Object.entries(attributes).map(([key, one]) => [key, String(one.value)] as const);
    const element: FoundElement = { name, attributes: Object.fromEntries(values), text: '', inside: [] };
    open.at(-1)?.inside.push(element);
    open.push(element);
  });
  parser.on('text', (more) => {
    const at = open.at(-1);
    if (at) at.text += more;
  });
  parser.on('closetag', () => void open.pop());
  // What travels is UTF-8: half a character of two would be lost on the way.
  const sent = Buffer.from(text).toString('utf8');
  if (sent !== text) throw new Error('not well-formed Unicode');
  parser.write(sent).close();
  return root.inside[0] as FoundElement;
}

/** All elements of a name, at any depth. */
export const elementsOf = (root: FoundElement, name: string): FoundElement[] =>
  root.inside.flatMap((one) => [...(one.name === name ? [one] : []), ...elementsOf(one, name)]);

/** It says of a feed without episodes that it has none, which is so. */
const isEmpty = (text: string, [said]: readonly unknown[]): boolean =>
  said === 'Provided feed has no items to parse.' && !text.includes('<item>');

/** Reads a feed as the Podcast Index does. @throws where it warns. */
export function readPodcast(text: string): FeedObject {
  const said: unknown[] = [];
  const before = { warn: logger.warn, error: logger.error };
  for (const level of ['warn', 'error'] as const)
    logger[level] = (...all) => void (isEmpty(text, all) || said.push(all));
  try {
    const feed = podcasts.parseFeed(text);
    if (!feed) throw new Error('no feed');
    if (said.length > 0) throw new Error(`the Podcast Index's reader says: ${JSON.stringify(said)}`);
    return feed;
  } finally {
    Object.assign(logger, before);
  }
}

/** Reads RSS or Atom as a program of a reader does. */
export const readFeed = (text: string) => new RssParser().parseString(text);

/** Reads a calendar. @throws where it is not read to the end, or not by the letter. */
export function readCalendar(text: string) {
  for (const line of text.split('\r\n')) {
    if (/[\r\n]/.test(line)) throw new Error(`a line ends in half: ${JSON.stringify(line)}`);
    if (Buffer.byteLength(line) > 75) throw new Error(`longer than 75 octets: ${line}`);
    if (Buffer.from(line).toString('utf8') !== line) throw new Error('not well-formed Unicode');
  }
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));
  return { calendar, events };
}
