import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { exposition } from '../../base/metrics.ts';
import { ms } from '../../base/time.ts';
import type { Config } from '../../config/index.ts';
import { type Identity, openSmtp } from '../../identity/index.ts';
import { readSecret } from '../../keys/secret.ts';
import { keyFor } from '../../keys/signing-keys.ts';
import { open as openOutgoing } from '../../outgoing/index.ts';
import { loadManifest, socialFrame } from '../../pages/index.ts';
import type { Rooms } from '../../room/index.ts';
import type { Social } from '../../social/index.ts';
import type { Store } from '../../store/index.ts';
import {
  type AroundRoomDeps,
  type ForecastCounting,
  open,
  type Syndication,
} from '../../syndication/index.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { Paths } from '../paths.ts';
import { askForEvening, askForNumbers } from '../room-numbers.ts';

const BUILD = fileURLToPath(new URL('../../../dist', import.meta.url));
/** Connections to one push service, and to the mail server. */
const PUSHES_AT_ONCE = 16;
const MAILS_AT_ONCE = 2;
/** A new number of those who are reminded is told to the doors at most so often. */
const TELL_MS = ms(2_000);

/** What reminders, feeds, calendars and the forecast of a site are opened with. */
export interface SiteSyndicationDeps {
  readonly config: Config;
  readonly at: Paths;
  readonly store: Store;
  readonly log: Log;
  readonly identity: Identity;
  readonly rooms: Rooms;
  readonly posts: Social;
  /** A room's card says something new that its row does not. */
  tell(slug: string): void;
}

type Reminding = NonNullable<AroundRoomDeps['reminding']>;

function remindingOf({ config, at, store }: SiteSyndicationDeps, stack: DisposableStack): Reminding {
  const isOff = config.remindersMost === 0;
  const { publicUrl, smtpUrl } = config;
  const smtp =
    isOff || smtpUrl === undefined || publicUrl === undefined
      ? undefined
      : openSmtp(smtpUrl, config.mailFrom ?? `earshot@${new URL(publicUrl).hostname}`, MAILS_AT_ONCE);
  if (smtp) stack.defer(() => smtp.close());
  const secret = readSecret(at.secret);
  return {
    outgoing: stack.use(openOutgoing({ allow: config.outgoingAllow, kept: PUSHES_AT_ONCE })),
    ...{ vapidKey: keyFor(secret, 'push messages'), topicKey: keyFor(secret, 'reminders') },
    // The script that shows the messages is that of the offline page.
    services: isOff || !config.offlinePage ? [] : config.pushServices,
    ...{ most: config.remindersMost, perSecond: config.remindersPerSecond },
    ...(smtp ? { mail: smtp.send } : {}),
    async mailOf(account) {
      const row = await store.db
        .selectFrom('account')
        .select('email')
        .where('id', '=', account)
        .where('email_verified', '=', 1)
        .executeTakeFirst();
      return row?.email;
    },
  };
}

const feedSeed = (secret: Uint8Array): string => Buffer.from(keyFor(secret, 'feeds')).toString('hex');

/** Opens them on the rooms and accounts of a site. */
export async function openSiteSyndication(deps: SiteSyndicationDeps): Promise<Syndication> {
  const { config, at, store, log, identity, rooms, posts, tell } = deps;
  const { publicUrl } = config;
  const own = new DisposableStack();
  const waiting = new Set<string>();
  const telling = systemClock.every(TELL_MS, () => {
    for (const slug of waiting) tell(slug);
    waiting.clear();
  });
  own.use(telling);
  const part = await open({
    ...{ store, clock: systemClock, log: log.part('syndication'), publicUrl, account: identity.whoIs },
    frame: socialFrame(await loadManifest(BUILD), (publicUrl ?? '').replace(/\/+$/, '')),
    cardOf: async (slug) => rooms.card(slug) ?? (await rooms.over(slug)),
    cards: rooms.cards,
    reminding: remindingOf(deps, own),
    reminded: (slug) => void waiting.add(slug),
    feeds: { posts, event: rooms.event, seed: feedSeed(readSecret(at.secret)) },
    counting: countingOf(config, at),
  });
  return {
    ...part,
    async [Symbol.asyncDispose]() {
      await part[Symbol.asyncDispose]();
      own.dispose();
    },
  };
}

/** What became of reminders since the start. */
export const reminderMetrics = ({ outcomes }: Syndication): string =>
  exposition([
    {
      name: 'earshot_syndication_reminders_total',
      kind: 'counter',
      help: 'Reminders by what became of them: sent, over (nobody there), ended, wait (told to), again, stale',
      value: [...outcomes()].map(([outcome, count]) => [{ outcome }, count] as const),
    },
  ]);

/** Cards of rooms, with how many people will be reminded of them. */
export function withReminded({ card, cards }: Pick<Rooms, 'card' | 'cards'>, { reminded }: Syndication) {
  const shown = (one: RoomCard): RoomCard => {
    const people = one.status === 'scheduled' ? reminded(one.slug) : 0;
    return people > 0 ? { ...one, reminded: people } : one;
  };
  return {
    card(slug: string): RoomCard | undefined {
      const one = card(slug);
      return one && shown(one);
    },
    cards: (): RoomCard[] => cards().map(shown),
  };
}

/** Who counts, and the machine on which it all runs. */
function countingOf(config: Config, at: Paths): ForecastCounting {
  return {
    machine: {
      ...{ cores: availableParallelism(), egressLimit: config.egressLimit },
      tls: config.acmeDomains.length > 0 || config.tlsCert !== undefined,
      caches: config.caches.length > 0,
    },
    numbersOf: askForNumbers(at.tallyHttp).numbersOf,
    eveningOf: askForEvening(at.tallyHttp),
  };
}
