import { elementOf, emptyElement, saying, textElement, type XmlAttributes, xmlValue } from './xml.ts';

/** Something at an address that belongs to an entry. */
export interface AtomEnclosure {
  readonly href: string;
  readonly type: string;
  readonly length?: number;
  readonly title?: string;
}

/** An entry of an Atom feed. */
export interface AtomItem {
  /** An IRI that never changes. */
  readonly id: string;
  readonly title: string;
  readonly link: string;
  /** Wall-clock ms. */
  readonly published?: number;
  readonly updated: number;
  readonly author?: { readonly name: string; readonly uri?: string };
  /** HTML, in which all addresses are absolute. */
  readonly html: string;
  readonly enclosures?: readonly AtomEnclosure[];
  /** What it is about, in single words. */
  readonly tags?: readonly string[];
}

/** An Atom feed. */
export interface AtomFeed {
  readonly id: string;
  readonly self: string;
  /** The page with the same things for people. */
  readonly link: string;
  readonly title: string;
  readonly about: string;
  readonly language: string;
  readonly updated: number;
  readonly author: { readonly name: string; readonly uri?: string };
  readonly icon?: string;
  /** Older entries, and the newest; absent: this is all. Spec: RFC 5005, 3. */
  readonly next?: string;
  readonly first?: string;
  readonly entries: readonly AtomItem[];
  /** Elements of other vocabularies, XML already, and their namespaces. */
  readonly more?: readonly string[];
  readonly namespaces?: XmlAttributes;
}

const when = (at: number): string => new Date(at).toISOString();

const person = ({ name, uri }: AtomFeed['author'], otherwise: string): string =>
  elementOf('author', {}, [
    textElement('name', saying(name, otherwise)),
    ...(uri === undefined ? [] : [textElement('uri', uri)]),
  ]);

const entry = (one: AtomItem): string =>
  elementOf('entry', {}, [
    textElement('id', one.id),
    textElement('title', saying(one.title, one.link)),
    emptyElement('link', { rel: 'alternate', type: 'text/html', href: one.link }),
    ...(one.published === undefined ? [] : [textElement('published', when(one.published))]),
    textElement('updated', when(one.updated)),
    ...(one.author ? [person(one.author, one.link)] : []),
    textElement('content', one.html, { type: 'html' }),
    ...(one.enclosures ?? []).map(({ href, type, length, title }) =>
      emptyElement('link', { rel: 'enclosure', href, type, length, title }),
    ),
    ...(one.tags ?? []).map((term) => emptyElement('category', { term })),
  ]);

/** A feed for readers. Spec: RFC 4287; RFC 5005, 3. */
export function atomFeed(feed: AtomFeed): string {
  const title = saying(feed.title, feed.link);
  const link = (rel: string, href: string | undefined, type: string): string[] =>
    href === undefined ? [] : [emptyElement('link', { rel, type, href })];
  return `<?xml version="1.0" encoding="UTF-8"?>
${elementOf(
  'feed',
  { xmlns: 'http://www.w3.org/2005/Atom', 'xml:lang': xmlValue(feed.language), ...feed.namespaces },
  [
    textElement('id', feed.id),
    textElement('title', title),
    textElement('subtitle', saying(feed.about, title)),
    ...link('self', feed.self, 'application/atom+xml'),
    ...link('alternate', feed.link, 'text/html'),
    ...link('first', feed.first, 'application/atom+xml'),
    ...link('next', feed.next, 'application/atom+xml'),
    textElement('updated', when(feed.updated)),
    person(feed.author, title),
    ...(feed.icon === undefined ? [] : [textElement('icon', feed.icon)]),
    '<generator>Earshot</generator>',
    ...(feed.more ?? []),
    ...feed.entries.map(entry),
  ],
)}
`;
}
