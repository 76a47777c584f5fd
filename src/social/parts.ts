import { openPace, type RequestPace } from '../http/index.ts';
import { type Feeds, openFeeds } from './feeds/feeds.ts';
import { type FeedVisits, openVisits } from './feeds/visits.ts';
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
  /**
   * How often one account may post, upload an image, and do everything else that changes something; and how often one
   * account, or one network of strangers, may search.
   */
  readonly paces: Readonly<Record<'posts' | 'acts' | 'images' | 'searches', RequestPace>>;
}

/** Opens them on the store. */
export async function openSocialParts(deps: SocialDeps): Promise<SocialParts> {
  const { store, clock } = deps;
  const words = openWordIndex(store);
  const profiles = openProfiles({ store, clock, words });
  const relations = openRelations({ store, clock });
  return {
    ...{ deps, words, profiles, relations, rooms: openHostRooms(deps) },
    book: await openPostBook({ store, clock, words, profiles, relations, images: deps.images }),
    reader: openPostReader({ store, profiles }),
    ...{ feeds: openFeeds(store), visits: openVisits({ store, clock }) },
    paces: {
      images: openPace(clock, 'images-of-account', 30, 10_000),
      posts: openPace(clock, 'posts-of-account', 20, 15_000),
      acts: openPace(clock, 'acts-of-account', 120, 1_000),
      searches: openPace(clock, 'searches', 120, 500),
    },
  };
}
