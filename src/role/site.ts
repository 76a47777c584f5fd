import project from '../../package.json' with { type: 'json' };
import { type Fetch, repeatable, withoutNul } from '../api/index.ts';
import { type Keeper, openEditsBook, openKeeper } from '../archive/index.ts';
import { systemClock } from '../base/clock.ts';
import { EarshotError } from '../base/errors.ts';
import type { OpenRole } from '../base/health.ts';
import { asSpeakerId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { exposition } from '../base/metrics.ts';
import { openPeerOwner } from '../base/peer-owner.ts';
import { listenSocket, subscribeSocket } from '../bus/index.ts';
import { obtain } from '../certificate/acme.ts';
import { keepCertificate } from '../certificate/renewal.ts';
import type { Config } from '../config/index.ts';
import type { Identity } from '../identity/index.ts';
import { openRoomKeys } from '../keys/room-key.ts';
import { readSecret } from '../keys/secret.ts';
import { keyFor } from '../keys/signing-keys.ts';
import { openTokens } from '../keys/token.ts';
import type { Moderation } from '../moderation/index.ts';
import type { Previews } from '../preview/index.ts';
import { open as openRooms, type Rooms } from '../room/index.ts';
import type { Social } from '../social/index.ts';
import { openMusicShelf } from '../standby/host-music.ts';
import { open as openStore, type Store } from '../store/index.ts';
import type { Syndication } from '../syndication/index.ts';
import { EMPTY, type Message } from '../wire/feed.ts';
import { isOver, isRunning, type RoomCard } from '../wire/room.ts';
import { answerClaims } from './claims.ts';
import { watchDatabase } from './database-watch.ts';
import { askForOperations } from './door/ask-operations.ts';
import { serveInner } from './inner-http.ts';
import { logLost } from './lost.ts';
import { keepFirstInvitation, watchGeneration } from './operator-link.ts';
import { type Paths, paths } from './paths.ts';
import { setProcessPriority } from './priority.ts';
import { openRoomChanges, type RoomChanges } from './room-changes.ts';
import { answerDoors } from './room-lookup.ts';
import { accountsFirst, type OpenedLater, openSiteAccounts } from './site/accounts.ts';
import { describeApi, describedPaths } from './site/api-page.ts';
import { openForecastPage } from './site/forecast-page.ts';
import { keepFile } from './site/kept-file.ts';
import { openSitePreviews } from './site/previews.ts';
import { openQuarantine } from './site/quarantine.ts';
import { answerReplays } from './site/replays.ts';
import { openServerPage, SERVER_PAGE } from './site/server-page.ts';
import { openDeskAndPosts } from './site/social.ts';
import { reminderMetrics, withReminded } from './site/syndication.ts';
import { openSiteTextGate, type TextGate } from './site/text-gate.ts';
import { keepSnapshot } from './snapshot.ts';

/** What signs links, keys of private rooms and passes of guests. */
const signersOf = (secret: Uint8Array) => ({
  tokens: openTokens(secret),
  roomKeys: openRoomKeys(secret),
  guestKey: keyFor(secret, 'room guests'),
});

/** Opens the site: rooms and their links in the database, told to every door and cell. */
export async function openSite(config: Config, log: Log): Promise<OpenRole> {
  setProcessPriority('site', log);
  const at = paths(config.data);
  const keeping = { clock: systemClock, log };
  await using stack = new AsyncDisposableStack();
  const store = stack.use(
    await openStore({ url: config.database ?? `sqlite:${at.database}`, log: log.part('store') }),
  );
  // Damage may lie where the first look at the tables does not come.
  const inWords = (error: unknown): never => {
    const fault = store.fault(error);
    throw fault === undefined ? error : new EarshotError('database-away', fault, { cause: error });
  };
  const later: OpenedLater = {};
  const identity = stack.use(await openSiteAccounts(config, at, store, log, later));
  const keep = (path: string, write: () => void): void => void stack.use(keepFile(path, systemClock, write));
  if (identity.first !== undefined)
    keep(at.firstInvitation, () => keepFirstInvitation(config, identity.first));
  const music = openMusicShelf(systemClock, at.music);
  let changes: RoomChanges | undefined;
  let keeper: Keeper | undefined;
  const rooms = stack.use(
    await openRooms({
      store,
      ...signersOf(readSecret(at.secret)),
      clock: systemClock,
      log: log.part('room'),
      publicUrl: config.publicUrl,
      cells: config.cells,
      create: config.roomsCreate,
      ...(config.operatorKey ? { operatorKey: config.operatorKey } : {}),
      operatorGeneration: watchGeneration(config.data),
      // Behind a proxy everyone comes from this machine.
      loopback: config.trustedProxies.length === 0,
      isOwnProgram: openPeerOwner(systemClock),
      ...{ openLead: config.openLead, idleEnd: config.idleEnd, roomsPerCell: config.roomsPerCell },
      described: describedPaths(),
      ...{ version: project.version, music, account: identity.whoIs },
      people: { find: identity.lookUp, tell: identity.tellInvited, news: identity.tellNews },
      told: () => changes?.told() ?? Promise.resolve(),
      removeRecording: async (slug) => keeper?.forget(slug),
      dropRecording: async (slug, by) => (await keeper?.remove(slug, by)) ?? false,
      recordingNote: (slug) => keeper?.note(slug),
      forecast: async (card, all) => later.syndication?.forecaster?.told(card, all),
    }).catch(inWords),
  );
  const edits = openEditsBook(at.archive);
  const gate = await openSiteTextGate();
  const tell = (slug: string): void => changes?.changed(slug);
  const { moderation, posts, syndication } = stack.use(
    await openDeskAndPosts({ config, at, store, log, identity, rooms, edits, gate, keep, tell }).catch(
      inWords,
    ),
  );
  const shown = withReminded(rooms, syndication);
  Object.assign(later, { rooms: rooms.ofAccounts, social: posts, syndication });
  if (config.welcome) await rooms.ensureWelcome().catch(inWords);
  keeper = stack.use(
    openKeeper({
      ...{ dir: at.archive, clock: systemClock, log: log.part('recordings') },
      ...{ keep: config.recordingsKeep, quota: config.recordingsQuota },
      room(slug) {
        const card = rooms.card(slug);
        if (!card) return undefined;
        const { status, clocks, welcome } = card;
        // What is stopped may go on, and its recording is what the operator looks at.
        return {
          running: isRunning(status) || status === 'stopped',
          held: moderation.holds(slug),
          ended: clocks.ended,
          neverKept: welcome === true,
        };
      },
    }),
  );
  const recordings = keeper;
  const snapshot = (): Message => ({ head: { kind: 'rooms', rooms: shown.cards() }, body: EMPTY });
  const outlet = stack.use(await listenSocket(at.siteBus, () => [snapshot()], keeping));
  const kept = keepSnapshot({ clock: systemClock, log, path: at.rooms }, () => rooms.cards());
  kept.changed();
  const telling = stack.use(
    openRoomChanges({
      clock: systemClock,
      card: shown.card,
      publish: (message) => outlet.publish(message),
    }),
  );
  changes = telling;
  rooms.onChange((slug) => {
    telling.changed(slug);
    kept.changed();
    posts.roomChanged(slug);
    syndication.roomChanged(slug);
    const status = rooms.card(slug)?.status;
    // Music is for rooms to come and on.
    if (status === undefined || isOver(status)) void music.remove(slug).catch(() => undefined);
  });
  stack.use(openQuarantine({ ...keeping, at, cells: config.cells, rooms }));
  const wanted = rooms.cards().filter(({ status }) => !isOver(status));
  music
    .keep(new Set(wanted.map(({ slug }) => slug)))
    .catch((error: unknown) =>
      log.warn({ error: String(error) }, 'the hold music of finished rooms could not be removed'),
    );
  for (const one of hearCells(config, at, log, rooms, moderation)) stack.use(one);
  if (config.acmeDomains.length > 0) stack.use(await keepOwnCertificate(config, at, log));
  const claims = await answerClaims(config, at, log, rooms);
  const replays = answerReplays(at, log.part('replay'), rooms, claims, edits);
  const described = await describeApi(config, replays);
  const own = await serverPages({ config, at, store, identity, rooms, moderation, syndication }, described);
  const previews = stack.use(openSitePreviews({ config, log, rooms, posts, edits }));
  const repeated = keepRepeats(at, store, identity, own, [moderation, posts, syndication, previews], gate);
  stack.use(await serveInner(at.siteHttp, answerDoors(rooms.over, repeated), keeping));
  const database = stack.use(watchDatabase(systemClock, store.ping));
  return Object.assign(stack.move(), {
    checks: () => [database.check()],
    metrics: () =>
      database.metrics() + roomMetrics(rooms.cards(), syndication) + exposition(recordings.metrics()),
  });
}

/** Keeps the certificate of the domains that the configuration names. */
async function keepOwnCertificate(config: Config, at: Paths, log: Log) {
  const { acmeDomains: domains, acmeDirectory: directory, acmeEmail: email } = config;
  const order = { ...{ domains, directory, email }, accountKey: at.acmeAccount, challenges: at.challenges };
  const kept = await keepCertificate({
    ...{ clock: systemClock, log: log.part('certificate'), domains, random: Math.random },
    ...{ path: at.certificate, status: at.certificateStatus, obtain: () => obtain(order) },
  });
  void kept.look();
  return kept;
}

/** Hears what the studio cells say about rooms: clocks, who was removed or banned, who is on stage, whose host is gone. */
function hearCells(config: Config, at: Paths, log: Log, rooms: Rooms, moderation: Moderation) {
  const heard: ReturnType<typeof subscribeSocket>[] = [];
  const bar = (slug: string, who = asSpeakerId('')): void => void (who && rooms.bar(slug, who));
  for (let cell = 0; cell <= config.cells; cell++) {
    heard.push(
      subscribeSocket(at.cellBus(cell), {
        message({ head }) {
          if (head.kind === 'clocks') rooms.clocks(head.slug, head.clocks);
          else if (head.kind === 'removed') for (const id of head.who) bar(head.slug, asSpeakerId(id));
          else if (head.kind === 'bans') rooms.bans(head.slug, head.added, head.lifted);
          else if (head.kind === 'state') {
            rooms.onStage(head.slug, head.state.stage.length);
            rooms.hostGone(head.slug, head.state.hostGone || undefined);
            moderation.saw(head.slug, head.state.stage);
          } else if (head.kind === 'questions') moderation.asked(head.slug, head.list);
        },
        failed: logLost(systemClock, log, `cell-${cell}`),
      }),
    );
  }
  return heard;
}

/** The operator's page about the whole server, the page of a room's forecast, and everything else by `next`. */
async function serverPages(
  {
    config,
    at,
    store,
    identity,
    rooms,
    moderation,
    syndication,
  }: {
    readonly config: Config;
    readonly at: Paths;
    readonly store: Store;
    readonly identity: Identity;
    readonly rooms: Rooms;
    readonly moderation: Moderation;
    readonly syndication: Syndication;
  },
  next: Fetch,
): Promise<Fetch> {
  const { forecaster } = syndication;
  const server = await openServerPage({
    ...{ config, store, backupMark: at.backupMark, now: () => systemClock.wall(), account: identity.whoIs },
    operations: askForOperations(systemClock, at.supervisorHttp),
    ...{ cards: rooms.cards, openReports: moderation.open },
    ...(forecaster ? { coming: forecaster.coming } : {}),
  });
  const forecasts = await openForecastPage(rooms.fetch);
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === SERVER_PAGE) return server(request);
    return forecasts.takes(pathname) ? forecasts.fetch(request) : next(request);
  };
}

/** Keeps answers for requests that are sent again; blocked words and pages of accounts come first. */
function keepRepeats(
  at: Paths,
  store: Store,
  identity: Identity,
  answer: Fetch,
  first: readonly (Moderation | Social | Syndication | Previews)[],
  gate: TextGate,
): Fetch {
  const key = keyFor(readSecret(at.secret), 'answers kept for repeats');
  const trouble = (error: unknown): boolean => store.fault(error) !== undefined;
  const all: Fetch = (request) => {
    const { pathname } = new URL(request.url);
    return (first.find((part) => part.takes(pathname))?.fetch ?? answer)(request);
  };
  const passed = accountsFirst(identity, repeatable({ store, clock: systemClock, key, trouble }, all));
  return withoutNul(async (request) => (await gate.refuses(request)) ?? passed(request));
}

/** Metrics that only the site has: rooms by the database, whether or not their studio is running. */
function roomMetrics(cards: readonly RoomCard[], syndication: Syndication): string {
  const now = (status: RoomCard['status']): number => cards.filter((card) => card.status === status).length;
  return (
    reminderMetrics(syndication) +
    exposition([
      {
        name: 'earshot_site_rooms',
        kind: 'gauge',
        help: 'Listed rooms by status',
        value: (['scheduled', 'open', 'live'] as const).map((status) => [{ status }, now(status)] as const),
      },
      {
        name: 'earshot_site_room_live',
        kind: 'gauge',
        help: '1 for each room that is live according to the site, whether or not its studio is running',
        value: cards
          .filter(({ status, welcome }) => status === 'live' && !welcome)
          .map(({ slug }) => [{ room: slug }, 1] as const),
      },
    ])
  );
}
