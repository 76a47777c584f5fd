import { fileURLToPath } from 'node:url';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/index.ts';
import type { Identity } from '../../identity/index.ts';
import { loadManifest, socialFrame } from '../../pages/index.ts';
import type { Rooms } from '../../room/index.ts';
import type { Store } from '../../store/index.ts';
import { open, type Syndication } from '../../syndication/index.ts';

const BUILD = fileURLToPath(new URL('../../../dist', import.meta.url));

/** What reminders, feeds, calendars and the forecast of a site are opened with. */
export interface SiteSyndicationDeps {
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly identity: Identity;
  readonly rooms: Rooms;
}

/** Opens them on the rooms and accounts of a site. */
export async function openSiteSyndication(deps: SiteSyndicationDeps): Promise<Syndication> {
  const { config, store, log, identity, rooms } = deps;
  const { publicUrl } = config;
  return open({
    ...{ store, clock: systemClock, log: log.part('syndication'), publicUrl, account: identity.whoIs },
    frame: socialFrame(await loadManifest(BUILD), (publicUrl ?? '').replace(/\/+$/, '')),
    cardOf: async (slug) => rooms.card(slug) ?? (await rooms.over(slug)),
    cards: rooms.cards,
  });
}
