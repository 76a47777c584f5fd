import { fileURLToPath } from 'node:url';
import { openReader } from '../archive/index.ts';
import { systemClock } from '../base/clock.ts';
import type { OpenRole, Readiness } from '../base/health.ts';
import type { Log } from '../base/log.ts';
import { sharesPorts } from '../base/port.ts';
import { ms } from '../base/time.ts';
import { type Inlet, subscribeSocket } from '../bus/index.ts';
import type { Config } from '../config/index.ts';
import {
  checkLightTls,
  checkUring,
  type Door,
  LIMITS,
  loadAssets,
  loadManifest,
  memoryPossible,
  open as openDoorPart,
  openPages,
  withinMemory,
} from '../door/index.ts';
import { readSecret } from '../keys/secret.ts';
import { keyFor } from '../keys/signing-keys.ts';
import { askTicketKeys } from '../keys/ticket-keys.ts';
import { openVouching } from '../keys/token.ts';
import { type DoorLadder, open as openLadder, openRecords } from '../ladder/index.ts';
import { type Openssl, openOpenssl } from '../native/openssl.ts';
import { openTcpInfo } from '../native/tcp-info.ts';
import { openUring, type Uring } from '../native/uring.ts';
import { open as openOrigin } from '../origin/index.ts';
import { open as openQueueDoor } from '../queue/index.ts';
import { readLoops, substituteMessages } from '../standby/standby-loops.ts';
import { holdsNewcomers, LEVELS } from '../wire/delivery.ts';
import { EMPTY } from '../wire/feed.ts';
import { isRunning, type RoomCard, whyNotHeard } from '../wire/room.ts';
import { certificateOf, challengeAnswer } from './certificate-files.ts';
import { logLost } from './lost.ts';
import { openNews } from './news.ts';
import { paths } from './paths.ts';
import { openPresence } from './presence.ts';
import { takeRank } from './priority.ts';
import { consentOf } from './rehearsal.ts';
import { openReplayThread } from './replay-thread.ts';
import { askForRoom } from './room-lookup.ts';
import { lastWord } from './snapshot.ts';

const BUILD = fileURLToPath(new URL('../../dist', import.meta.url));
const PRESENCE_PERIOD = ms(1000);
/** What the supervisor has said of the whole installation holds for so long; it says it once a second. */
const READY_FOR = ms(5000);
/** Holds a flash crowd of one second while the process is busy; the kernel caps it at net.core.somaxconn. */
const ACCEPT_QUEUE = 4096;

/** Opens door `index`: everything the crowd reaches, fed by the buses of the site and the cells. */
export async function openDoor(config: Config, index: number, log: Log): Promise<OpenRole> {
  takeRank('door', log);
  const clock = systemClock;
  const at = paths(config.data);
  const name = `door-${index}`;
  const secret = readSecret(at.secret);
  await using stack = new AsyncDisposableStack();
  let ladder: DoorLadder | undefined;
  const holding = (slug: string): boolean => holdsNewcomers(LEVELS[ladder?.delivery(slug).level ?? 0]);
  const origin = stack.use(
    openOrigin({
      clock,
      log: log.part('origin'),
      archive: openReader(at.archive),
      maker: stack.use(openReplayThread(clock, at.archive)),
      measurer: stack.use(openReplayThread(clock, at.archive)),
      holdWhileAway: true,
      caches: config.caches,
      queues: (slug) => holding(slug),
      older: askForRoom(at.siteHttp),
    }),
  );
  const records = stack.use(
    openRecords(at.ladder, (error, lost) =>
      log.warn(
        { error: String(error), lost },
        'a change of level could not be written to the ladder’s journal; this log has it',
      ),
    ),
  );
  let door: Door | undefined;
  let readiness: (Readiness & { readonly at: number }) | undefined;
  const queue = stack.use(
    openQueueDoor({
      ...{ clock, secret, dir: at.queue, doors: config.doors },
      life: `${name} ${clock.wall()}`,
      room(slug) {
        const card = origin.card(slug);
        if (!card) return 'room-unknown';
        // A room that runs has its queue, whether or not its studio is there.
        const why = whyNotHeard(card.status);
        return why === 'studio-away' ? card : why;
      },
      cap: (slug) => origin.card(slug)?.cap,
      holding,
      live: (slug) => door?.live(slug) ?? 0,
    }),
  );
  const news = openNews(clock);
  // A door that starts while a cell is dead plays standby from the disk until the cell speaks for its rooms itself.
  const known = new Set<string>();
  const substitute = async (cards: readonly RoomCard[]): Promise<void> => {
    for (const { slug, status, zero } of cards) {
      if (!isRunning(status) || zero === undefined || known.has(slug)) continue;
      const loops = await readLoops(at.loops);
      if (!loops || known.has(slug)) continue;
      known.add(slug);
      for (const message of substituteMessages(slug, zero, loops)) origin.receive(message);
    }
  };
  stack.use(
    subscribeSocket(at.siteBus, {
      message(message) {
        const { head } = message;
        if (head.kind === 'rooms') news.site(head.rooms);
        origin.receive(message);
        if (head.kind === 'rooms' || head.kind === 'room-changes') void substitute(head.rooms);
        if (head.kind === 'room-changes') for (const slug of head.gone) known.delete(slug);
      },
      failed: logLost(clock, log, 'site'),
    }),
  );
  const takeLastWord = (cards: readonly RoomCard[]): void => {
    news.site(cards);
    origin.receive({ head: { kind: 'rooms', rooms: cards }, body: EMPTY });
    void substitute(cards);
  };
  stack.use(lastWord({ clock, log, path: at.rooms }, () => news.siteSpoke, takeLastWord));
  const inlets: Inlet[] = [];
  for (let cell = 0; cell < config.cells; cell++) {
    const inlet = stack.use(
      subscribeSocket(at.cellBus(cell), {
        message(message) {
          const { head } = message;
          if (head.kind === 'program') known.add(head.slug);
          if (head.kind === 'state') ladder?.told(head.slug, head.state.delivery);
          if (head.kind === 'queue') {
            if (head.over) queue.over(head.slug);
            else queue.told(head.queue, head.limits[name]);
          }
          if (head.kind === 'end') queue.forget(head.slug);
          origin.receive(message);
          if (head.kind === 'state') news.cell(head.slug);
        },
        failed: logLost(clock, log, `cell-${cell}`),
        down: () => origin.cellDown(cell),
      }),
    );
    inlets.push(inlet);
  }
  // The port is taken when there is something to say: until then other doors, or the floor, answer.
  await news.complete;
  const consent = consentOf(config, clock.wall());
  const certificate = certificateOf(config);
  const uring = await rowUring(config, log);
  if (uring) stack.use(uring);
  const tcpInfo = await openTcpInfo();
  if (typeof tcpInfo === 'string')
    log.info(
      { why: tcpInfo },
      'the kernel does not report slow readers here: a listener who reads nothing for minutes is closed',
    );
  const openssl = certificate && (await lightTls(config, log));
  const opened = await openDoorPart({
    clock,
    log,
    port: config.port,
    host: config.host,
    // Always where it can be: the supervisor shares the port while no door is up.
    reusePort: sharesPorts || config.doors > 1,
    name,
    origin,
    queue,
    site: { socketPath: at.siteHttp },
    cell: (cell) => ({ socketPath: at.cellHttp(cell) }),
    assets: await loadAssets(BUILD),
    pages: openPages({
      manifest: await loadManifest(BUILD),
      ...(config.publicUrl ? { publicUrl: config.publicUrl } : {}),
      asksForLink: config.roomsCreate !== 'anyone',
    }),
    limits: withinMemory({ ...LIMITS, backlog: config.backlogLimit }, memoryPossible(), config.doors),
    ...(uring ? { uring } : {}),
    ...(typeof tcpInfo === 'string' ? {} : { tcpInfo }),
    ...(openssl ? { openssl } : {}),
    backlog: ACCEPT_QUEUE,
    returnKey: keyFor(secret, 'listeners who come back'),
    vouches: openVouching(secret),
    trustedProxies: config.trustedProxies,
    ...(certificate
      ? { tls: { ...certificate, ticketKeys: await askTicketKeys(clock, process), plainLocal: true } }
      : {}),
    ...(config.httpPort === undefined
      ? {}
      : {
          plain: {
            port: config.httpPort,
            challenge: (token) => challengeAnswer(at.challenges, token),
          },
        }),
    caches: config.caches,
    ...(config.publicUrl ? { publicUrl: config.publicUrl } : {}),
    ...(consent ? { consent: JSON.stringify(consent) } : {}),
    delivery: (slug) => ladder?.delivery(slug) ?? { period: config.writePeriod },
    readiness: () =>
      readiness !== undefined && clock.now() - readiness.at < READY_FOR
        ? readiness
        : { code: 503, text: 'not ready\nsupervisor  failed  has not been heard from for some seconds\n' },
  });
  door = opened;
  const steps = stack.use(
    openLadder({
      ...{ clock, log: log.part('ladder'), name, period: config.writePeriod, records },
      // The kernel deals connections out evenly, so each door has its share of what may leave the machine.
      ...(config.egressLimit === undefined ? {} : { egressLimit: config.egressLimit / config.doors }),
      sample: () => ({ ...opened.strain(), rooms: opened.counts() }),
    }),
  );
  ladder = steps;
  const presence = openPresence({
    door: name,
    counts: opened.counts,
    wanted: origin.wanted,
    catchingUp: opened.catchingUp,
    wish: steps.wish,
    wishing: steps.wishing,
  });
  const sayPresence = (): void => {
    for (const message of presence()) for (const inlet of inlets) inlet.send(message);
  };
  // Somebody waits for a rendition that is perhaps not coded yet.
  origin.onWanted(sayPresence);
  const tell = (): void => {
    for (const [slug, { streams, live }] of opened.counts())
      if (streams > live) opened.promote(slug, queue.spare(slug));
    sayPresence();
    // After the counts: whoever has come is already counted as live, and no place is given away twice.
    for (const [slug, tally] of queue.tallies())
      for (const inlet of inlets)
        inlet.send({ head: { kind: 'tickets', slug, door: name, tally }, body: EMPTY });
  };
  stack.use(clock.every(PRESENCE_PERIOD, tell));
  // Closed first: the parts behind it go on until the last listener has its segment.
  stack.defer(() => opened.close(config.shutdownGrace));
  return Object.assign(stack.move(), {
    metrics: () => opened.metrics() + steps.metrics(),
    idle: () => opened.counts().size === 0,
    told(ready: Readiness) {
      readiness = { ...ready, at: clock.now() };
    },
  });
}

/** Where many listeners are written to in one call; only where a trial has shown that it works. */
async function rowUring(config: Config, log: Log): Promise<Uring | undefined> {
  const uring = config.ioUring ? await openUring() : 'the setting ioUring is "no"';
  const why = typeof uring === 'string' ? uring : await checkUring(uring);
  if (typeof uring !== 'string' && why === undefined) return uring;
  if (typeof uring !== 'string') uring[Symbol.dispose]();
  log.info(
    { why },
    'io_uring cannot be used: each write to a listener is a call of its own, which takes a little more CPU',
  );
  return undefined;
}

/** OpenSSL for streams over TLS that keep a key instead of the connection; only where a trial has shown that it works. */
async function lightTls(config: Config, log: Log): Promise<Openssl | undefined> {
  const openssl = config.lightTls ? await openOpenssl() : 'the setting lightTls is "no"';
  const why = typeof openssl === 'string' ? openssl : await checkLightTls(openssl);
  if (typeof openssl !== 'string' && why === undefined) return openssl;
  log.info({ why }, 'TLS streams keep the whole connection: 40 kB more memory per listener');
  return undefined;
}
