/** Addresses by which a room reaches people before and after it: reminders; feeds, calendars and the forecast add theirs. */
import type { Address } from './address.ts';

const SITE = { owner: 'site', urgency: 'reading', cors: 'own' } as const;
const FEED = { ...SITE, cors: 'reads', methods: ['GET'] } as const;
/** An address of 254 characters, percent-encoded, and the rest. */
const FORM = 4 * 1024;

/** The rows. The id of each begins with `syndication-`. */
export const SYNDICATION_ADDRESSES: readonly Address[] = [
  {
    ...{ ...SITE, id: 'syndication-forecast', what: 'how many will come to a room, for its hosts' },
    ...{ pattern: '/r/:room/forecast', methods: ['GET'], examples: ['/r/hall/forecast'] },
  },
  {
    ...{ ...SITE, id: 'syndication-remind', what: 'how somebody is reminded of a room' },
    ...{ pattern: '/r/:room/remind', methods: ['GET', 'POST'], body: FORM, examples: ['/r/hall/remind'] },
  },
  {
    ...{ ...SITE, id: 'syndication-reminder', what: 'confirms or ends a reminder, by the link of a mail' },
    ...{ pattern: '/reminder/:name', methods: ['GET', 'POST'], body: FORM, exact: true },
    examples: ['/reminder/aB-3'],
  },
  {
    ...{ id: 'syndication-feed-local', what: 'posts of everybody as a feed', pattern: '/posts.atom' },
    ...{ ...FEED, examples: ['/posts.atom'] },
  },
  {
    ...{ id: 'syndication-feed-person', what: 'posts of one person', pattern: '/@:name/posts.atom' },
    ...{ ...FEED, examples: ['/@ana/posts.atom'] },
  },
  {
    ...{ id: 'syndication-feed-rooms', what: 'the rooms of one host as a calendar' },
    ...{ ...FEED, pattern: '/@:name/rooms.ics', examples: ['/@ana/rooms.ics'] },
  },
  {
    ...{
      ...SITE,
      id: 'syndication-followed',
      what: 'how one is reminded of rooms of those whom one follows',
    },
    ...{ pattern: '/reminders', methods: ['GET', 'POST'], body: FORM, examples: ['/reminders'] },
  },
];
