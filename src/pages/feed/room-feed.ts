import type { PageLanguage } from '../../base/negotiation.ts';
import { escapeHtml } from '../../base/plain-text.ts';
import {
  type AtomItem,
  atomFeed,
  type FeedItem,
  type FeedPerson,
  type ItemKind,
  itemGuid,
  type LiveItem,
  podcastFeed,
  textElement,
} from '../../feeds/index.ts';
import { CHECKPOINT_NAMESPACE } from '../../wire/evidence/syndicated-head.ts';
import { momentOf } from '../../wire/moment.ts';
import type { RecordedFile } from '../../wire/recording.ts';
import { isOver, isRunning, type RoomCard, type RoomState } from '../../wire/room.ts';
import { type PlainWords, plainWords } from '../plain-words.ts';
import { titleOf } from '../room-words.ts';
import { sentence } from '../sentence.ts';
import { liveSounds, recordedSounds } from './feed-sounds.ts';
import { type FeedWords, feedWords } from './feed-words.ts';

/** The most rooms in a feed: those that are on, the soonest to come, the newest that are over. */
const MOST_ITEMS = 100;
/** How long programs are told that something live has ended, and readers that something was called off, ms. */
const ENDED_MS = 86_400_000;
const CANCELLED_MS = 7 * 86_400_000;
/** What is late begins at the next of these, as far as programs are told. */
const LATE_STEP_MS = 300_000;

/** Whose feed it is. */
export type FeedSubject =
  | { readonly kind: 'server' }
  | { readonly kind: 'room'; readonly card: RoomCard }
  | { readonly kind: 'host'; readonly name: string; readonly about: string; readonly path: string };

/** What a feed is made of. */
export interface FeedFacts {
  /** The address of this server, absolute, without a trailing slash. */
  readonly base: string;
  /** Path of the feed itself. */
  readonly path: string;
  readonly of: FeedSubject;
  /** The id of the feed; see `feedGuid`. */
  readonly guid: string;
  /** See `feedRooms`. */
  readonly rooms: readonly RoomCard[];
  /** The recordings of those that are over, as files to download, by room. */
  readonly files: ReadonlyMap<string, RecordedFile>;
  /** A signed head of the evidence log, as it is published; undefined or '' while none is known. */
  readonly head: string | undefined;
  readonly language: PageLanguage;
  /** Wall-clock ms. */
  readonly now: number;
  state(slug: string): RoomState | undefined;
}

const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|quot|#39);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"' })[name] ?? "'")
    .replaceAll('&amp;', '&');

const atOf = ({ clocks }: RoomCard): number => clocks.ended ?? clocks.opened ?? clocks.scheduled ?? 0;

/** Which rooms are in a feed of them all, and in which order: what happens now first. */
export function feedRooms(cards: readonly RoomCard[], now: number): RoomCard[] {
  const of = (wanted: (card: RoomCard) => boolean, sign: 1 | -1): RoomCard[] =>
    cards.filter(wanted).sort((a, b) => sign * (atOf(a) - atOf(b)));
  return [
    ...of(({ status }) => isRunning(status), -1),
    ...of(({ status }) => status === 'scheduled', 1).slice(0, MOST_ITEMS / 2),
    ...of((card) => card.status === 'cancelled' && now - atOf(card) < CANCELLED_MS, -1).slice(
      0,
      MOST_ITEMS / 10,
    ),
    ...of(({ status }) => status === 'ended', -1),
  ].slice(0, MOST_ITEMS);
}

/** When the row of a room was made, in its id; undefined for an id of another kind. Spec: RFC 9562, 5.7. */
const madeAt = (id: string | undefined): number | undefined =>
  id !== undefined && /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(id)
    ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
    : undefined;

interface Telling {
  readonly facts: FeedFacts;
  readonly words: PlainWords;
  readonly own: FeedWords;
}

const idOf = ({ id, slug }: RoomCard): string => id ?? slug;

/** What every entry about a room says. */
function said(card: RoomCard, kind: ItemKind, { facts, words, own }: Telling): FeedItem {
  const link = `${facts.base}/r/${card.slug}`;
  const what = sentence(card, facts.state(card.slug), words);
  const about = card.about === undefined ? '' : `<p>${escapeHtml(card.about)}</p>`;
  const to = kind === 'episode' ? own.listenAgain : own.listen;
  return {
    ...{ guid: itemGuid(idOf(card), kind), title: titleOf(card, words), link, about: plain(what) },
    html: `<p>${what.replace(/<\/?bdi>/g, '')}</p>${about}<p><a href="${escapeHtml(link)}">${escapeHtml(to)}</a></p>`,
    ...(card.hosts.length === 0 ? {} : { author: card.hosts.join(', ') }),
    people: card.hosts.map((name): FeedPerson => ({ name, role: 'host' })),
    ...{ otherSounds: [], soundbites: [] },
  };
}

/** What readers that know of nothing live are told before a room, while it is on, and when it is called off. */
function notice(card: RoomCard, telling: Telling): FeedItem | undefined {
  const { own } = telling;
  const made = madeAt(card.id);
  const at = (when: number | undefined): { at?: number } => (when === undefined ? {} : { at: when });
  if (card.status === 'scheduled') return { ...said(card, 'announced', telling), ...at(made) };
  if (card.status === 'cancelled') {
    const entry = said(card, 'cancelled', telling);
    return { ...entry, title: own.cancelled(entry.title), ...at(card.clocks.ended) };
  }
  if (!isRunning(card.status) || card.clocks.firstSpeech === undefined) {
    return isRunning(card.status)
      ? { ...said(card, 'announced', telling), ...at(made ?? card.clocks.opened) }
      : undefined;
  }
  const entry = said(card, 'on-air', telling);
  return { ...entry, title: own.onAir(entry.title), at: card.clocks.firstSpeech };
}

/** The recording. One that cannot be fetched, or no longer, has no sound. */
function episode(card: RoomCard, telling: Telling): FeedItem {
  const { facts } = telling;
  const entry = said(card, 'episode', telling);
  const file = facts.files.get(card.slug);
  const ended = card.clocks.ended ?? card.clocks.opened;
  const told: FeedItem = { ...entry, ...(ended === undefined ? {} : { at: ended }) };
  if (card.clocks.firstSpeech === undefined || !file) return told;
  const { sound, others } = recordedSounds(entry.link, file.bytes);
  const hosts = new Set(card.hosts);
  return {
    ...{ ...told, sound, otherSounds: others },
    people: [
      ...entry.people,
      ...(file.speakers ?? [])
        .filter((name) => !hosts.has(name))
        .map((name): FeedPerson => ({ name, role: 'guest' })),
    ],
    ...(file.seconds === undefined ? {} : { seconds: file.seconds }),
    ...(file.chapters ? { chapters: `${entry.link}/replay/chapters.json` } : {}),
    soundbites: file.clips ?? [],
  };
}

/** What programs that know of live rooms are told; undefined: nothing any more, or no time is known. */
function liveItem(card: RoomCard, telling: Telling): LiveItem | undefined {
  const { facts, own } = telling;
  const { now } = facts;
  const { scheduled, opened, firstSpeech, ended } = card.clocks;
  const moment = momentOf(card);
  const over = isOver(card.status);
  if (over && now - (ended ?? 0) >= ENDED_MS) return undefined;
  if (!over && !isRunning(card.status) && card.status !== 'scheduled') return undefined;
  const status = over ? 'ended' : moment === 'live' || moment === 'break' ? 'live' : 'pending';
  const planned = scheduled ?? opened;
  const started = firstSpeech ?? planned ?? ended;
  if (started === undefined) return undefined;
  const late = status === 'pending' && planned !== undefined && planned <= now;
  const start = late
    ? (Math.floor(now / LATE_STEP_MS) + 1) * LATE_STEP_MS
    : status === 'pending'
      ? (planned ?? started)
      : started;
  const entry = said(card, 'live', telling);
  const { sound, others } = liveSounds(entry.link);
  return {
    ...{ ...entry, status, start, watch: own.listen, sound, otherSounds: others },
    ...(card.status === 'cancelled' ? { title: own.cancelled(entry.title) } : {}),
    ...(over && ended !== undefined ? { end: Math.max(ended, start) } : {}),
  };
}

const present = <T>(one: T | undefined): one is T => one !== undefined;

/** Title, address and people of a feed. */
function head({ base, of }: FeedFacts, words: PlainWords, own: FeedWords) {
  const host = new URL(base).host;
  if (of.kind === 'server')
    return {
      title: words.feedTitle(host),
      about: words.feedAbout,
      link: `${base}/`,
      author: host,
      people: [],
    };
  if (of.kind === 'host') {
    const href = base + of.path;
    return {
      ...{
        title: own.hostTitle(of.name),
        about: of.about || own.hostAbout(of.name),
        link: href,
        author: of.name,
      },
      people: [{ name: of.name, role: 'host', href }] satisfies FeedPerson[],
    };
  }
  const { card } = of;
  return {
    ...{ title: titleOf(card, words), about: card.about ?? words.feedAbout, link: `${base}/r/${card.slug}` },
    author: card.hosts.join(', ') || host,
    people: card.hosts.map((name): FeedPerson => ({ name, role: 'host' })),
    ...(card.access === undefined ? {} : { hidden: true }),
  };
}

/** What both kinds of feed begin with. */
function begun(facts: FeedFacts) {
  const words = plainWords(facts.language);
  const telling: Telling = { facts, words, own: feedWords(facts.language) };
  const { rooms, now } = facts;
  const times = rooms.flatMap((card) => [...Object.values(card.clocks), madeAt(card.id)].filter(present));
  const past = times.filter((at) => at <= now);
  return {
    telling,
    ...(past.length === 0 ? {} : { changed: past.reduce((a, b) => Math.max(a, b)) }),
    about: {
      ...head(facts, words, telling.own),
      ...{ self: facts.base + facts.path, language: facts.language },
      namespaces: { 'xmlns:tlog': CHECKPOINT_NAMESPACE },
      more: facts.head ? [textElement('tlog:checkpoint', facts.head)] : [],
    },
  };
}

/**
 * A feed of rooms for podcast programs: what is on and what comes, and the recordings of what is over. It carries a
 * signed head of the evidence log. Words without sound are in `roomAtom`: directories complain about them.
 */
export function roomFeed(facts: FeedFacts): string {
  const { telling, changed, about } = begun(facts);
  const { rooms, base, guid } = facts;
  return podcastFeed({
    ...{ ...about, guid, image: `${base}/_/podcast.png` },
    ...(changed === undefined ? {} : { changed }),
    live: rooms.map((card) => liveItem(card, telling)).filter(present),
    entries: rooms
      .filter(({ status }) => status === 'ended')
      .map((card) => episode(card, telling))
      .filter(({ sound }) => sound !== undefined),
  });
}

/** When hosts said something about a room that readers of what comes want to hear of. */
const toldSince = ({ status, plans }: RoomCard): number[] =>
  status === 'scheduled' || status === 'open' ? [plans?.moved?.at, plans?.late?.at].filter(present) : [];

/** A feed of rooms for readers: what comes, what is on, what was called off, and what is over. */
export function roomAtom(facts: FeedFacts): string {
  const { telling, changed = 0, about } = begun(facts);
  const { author, people, ...rest } = about;
  const page = people[0]?.href;
  return atomFeed({
    ...{ ...rest, id: `urn:uuid:${facts.guid}`, updated: changed, icon: `${facts.base}/_/icon-192.png` },
    author: { name: author, ...(page === undefined ? {} : { uri: page }) },
    entries: facts.rooms
      .map((card) => ({
        card,
        told: card.status === 'ended' ? episode(card, telling) : notice(card, telling),
      }))
      .flatMap(({ card, told }) => (told ? [{ card, ...told }] : []))
      .map(
        ({ card, guid: id, title, link, html = '', at, author: by, sound }): AtomItem => ({
          ...{ id, title, link, html, updated: Math.max(at ?? changed, ...toldSince(card)) },
          ...(at === undefined ? {} : { published: at }),
          ...(by === undefined ? {} : { author: { name: by } }),
          ...(sound
            ? {
                enclosures: [
                  {
                    ...{ href: sound.url, type: sound.type },
                    ...(sound.bytes === undefined ? {} : { length: sound.bytes }),
                  },
                ],
              }
            : {}),
        }),
      ),
  });
}
