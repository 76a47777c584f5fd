import { find } from '../../http/index.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { AroundRoomDeps, Station } from '../deps.ts';
import type { Forecaster } from '../forecast/forecaster.ts';
import { openVapid } from '../push/vapid.ts';
import { openReminderBook } from './book.ts';
import { openDelivery } from './delivery.ts';
import { openDesk } from './desk.ts';
import { openFollowedChoices } from './followed.ts';
import { openPlans, type Plans } from './plans.ts';
import { openReminderApi } from './reminder-api.ts';
import { openReminderPages } from './reminder-pages.ts';
import { openSender } from './sender.ts';

/** `rooms/:room/reminders` and `reminders/:id` of the API. */
function isOfApi(path: string): boolean {
  const [, , first, second, third, ...more] = path.split('/');
  if (more.length > 0 || !second) return false;
  return first === 'rooms' ? third === 'reminders' : first === 'reminders' && third === undefined;
}

/** The reminders of this server, once open. */
export interface Reminders extends Station {
  /** People who are reminded of a room. */
  count(slug: string): number;
  /** When they are told before it starts; undefined when they are not, or have been. */
  window: Plans['window'];
  /** What became of deliveries since the start. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Plans and sends what is due; for tests and measurements. */
  look(): Promise<void>;
}

/** Where a push service may write to about us. Spec: RFC 8292, 2.1. */
const contactOf = (publicUrl: string | undefined): string =>
  publicUrl?.startsWith('https://') ? publicUrl : 'mailto:no-reply@earshot.invalid';

/** Opens the reminders: who is told when a room begins, is late or is cancelled. */
export async function openReminders(
  deps: AroundRoomDeps,
  forecaster?: Pick<Forecaster, 'spread'>,
): Promise<Reminders | Station> {
  const { reminding, store, clock, log } = deps;
  if (!reminding) return { takes: () => false, fetch: async () => new Response(null, { status: 404 }) };
  const book = openReminderBook(store);
  const base = (deps.publicUrl ?? '').replace(/\/+$/, '');
  const vapid = openVapid(reminding.vapidKey, contactOf(deps.publicUrl));
  const hasMail = reminding.mail !== undefined;
  const key = reminding.services.length > 0 ? vapid.publicKey : undefined;
  const choices = openFollowedChoices(store, () => clock.wall());
  const known = await book.counts();
  let plans: Plans | undefined;
  let total = known.rooms.reduce((sum, { all }) => sum + all, 0);
  const lost = (rows: readonly { readonly room: string; readonly confirmed: number }[]): void => {
    for (const { room, confirmed } of rows) plans?.add(room, -Number(confirmed), -1);
  };
  const deliver = openDelivery({
    ...{ reminding, vapid, base, cardOf: deps.cardOf },
    wall: () => clock.wall(),
    isTaken: (endpoint) => desk.isTaken(endpoint),
  });
  const sender = openSender({ book, clock, log, deliver, gone: lost });
  const planned = await openPlans({
    ...{ book, clock, log, perSecond: reminding.perSecond, cardOf: deps.cardOf },
    ...(forecaster ? { spread: forecaster.spread } : {}),
    async announced(card) {
      if (!hasMail) return;
      for await (const { account, language } of choices.ofRoom(card))
        await desk.follower(card, account, language);
    },
    counted(room) {
      total = planned.total();
      deps.reminded?.(room);
    },
  });
  plans = planned;
  total = planned.total();
  const desk = openDesk({
    ...{ book, plans: planned, clock, reminding, total: () => total },
    origins: known.origins,
  });

  /** A private room does not exist to whoever was not let in. */
  async function waiting(slug: string): Promise<RoomCard | 'unknown' | 'begun'> {
    const card = await deps.cardOf(slug);
    if (!card || card.access === 'private') return 'unknown';
    return card.status === 'scheduled' || (card.status === 'open' && !card.welcome) ? card : 'begun';
  }
  const pages = openReminderPages({
    ...{ deps, desk, book, plans: planned, choices, waiting, key, hasMail },
  });
  const api = openReminderApi({
    ...{ desk, plans: planned, choices, key, hasMail, waiting, account: deps.account },
    publicUrl: deps.publicUrl,
  });
  return {
    takes(path) {
      if (path.startsWith('/api/')) return isOfApi(path);
      const id = find(path)?.address.id;
      return id === 'syndication-remind' || id === 'syndication-reminder' || id === 'syndication-followed';
    },
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith('/api/')) return api.fetch(request);
      const match = find(pathname);
      if (match?.address.id === 'syndication-reminder')
        return pages.own(request, pathname.split('/')[2] ?? '');
      if (match?.address.id === 'syndication-followed') return pages.followed(request);
      return pages.remind(request, match?.room ?? '');
    },
    roomChanged: planned.changed,
    ...{ count: planned.count, window: planned.window },
    outcomes: sender.counts,
    async look() {
      await planned.look();
      await sender.look();
    },
    exported: book.exported,
    forget: book.forgetAccount,
    async close() {
      await planned[Symbol.asyncDispose]();
      await sender[Symbol.asyncDispose]();
    },
  };
}
