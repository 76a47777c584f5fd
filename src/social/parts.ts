import { openPace, type RequestPace } from '../http/index.ts';
import { type Feeds, openFeeds } from './feeds/feeds.ts';
import { type FeedVisits, openVisits } from './feeds/visits.ts';
import { type NotificationMails, openNotificationMails } from './notifications/notification-mails.ts';
import { type NotificationBook, openNotificationBook } from './notifications/notification-writing.ts';
import { type Notifications, openNotifications } from './notifications/notifications.ts';
import { openOwnEvents } from './notifications/own-events.ts';
import { type FollowedRooms, openRoomEvents } from './notifications/room-events.ts';
import { openSettings, type SettingsBook } from './notifications/settings.ts';
import { type HostRooms, openHostRooms } from './people/host-rooms.ts';
import { openProfiles, type Profiles } from './people/profiles.ts';
import { openRelations, type Relations } from './people/relations.ts';
import { openPostBook, type PostBook } from './posts/post-book.ts';
import { openPostReader, type PostReader } from './posts/post-reader.ts';
import { openWordIndex, type WordIndex } from './search/word-index.ts';
import type { SocialDeps } from './social-deps.ts';

/** Everything that the API and the pages share. */
export interface SocialParts {
  readonly deps: SocialDeps;
  readonly words: WordIndex;
  readonly profiles: Profiles;
  readonly relations: Relations;
  readonly book: PostBook;
  readonly reader: PostReader;
  readonly feeds: Feeds;
  readonly visits: FeedVisits;
  readonly rooms: HostRooms;
  readonly notices: NotificationBook;
  readonly notifications: Notifications;
  readonly events: FollowedRooms;
  readonly settings: SettingsBook;
  readonly mails: NotificationMails;
  /**
   * How often one account may post, upload an image, and do everything else that changes something; and how often one
   * account, or one network of strangers, may search.
   */
  readonly paces: Readonly<Record<'posts' | 'acts' | 'images' | 'searches', RequestPace>>;
}

/** Opens them on the store. */
export async function openSocialParts(
  deps: SocialDeps,
  later: (work: Promise<void>) => void,
): Promise<SocialParts> {
  const { store, clock } = deps;
  const words = openWordIndex(store);
  const profiles = openProfiles({ store, clock, words });
  let mails: NotificationMails | undefined;
  const notices = openNotificationBook({ store, clock, told: (account) => mails?.told(account) });
  const relations = openRelations({ store, clock, notices });
  const reader = openPostReader({ store, profiles });
  const rooms = openHostRooms(deps);
  const events = openRoomEvents(deps);
  const settings = openSettings({ store, clock });
  const own = openOwnEvents({ store, clock });
  const known = { store, clock, reader, profiles, rooms, events, own, settings };
  const notifications = openNotifications(known);
  mails = openNotificationMails({ ...deps, notifications, later });
  return {
    ...{ deps, words, profiles, relations, rooms, reader, notices, events, settings },
    ...{ notifications, mails },
    book: await openPostBook({ store, clock, words, profiles, relations, notices, images: deps.images }),
    ...{ feeds: openFeeds(store), visits: openVisits({ store, clock }) },
    paces: {
      images: openPace(clock, 'images-of-account', 30, 10_000),
      posts: openPace(clock, 'posts-of-account', 20, 15_000),
      acts: openPace(clock, 'acts-of-account', 120, 1_000),
      searches: openPace(clock, 'searches', 120, 500),
    },
  };
}
