import { openReader } from '../archive/index.ts';
import { systemClock } from '../base/clock.ts';
import type { OpenRole, Readiness } from '../base/health.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import type { Config } from '../config/index.ts';
import { type Door, open as openDoorPart } from '../door/index.ts';
import { openLostEntries } from '../journal/index.ts';
import { readSecret } from '../keys/secret.ts';
import { segmentTags } from '../keys/segment-tags.ts';
import { type DoorLadder, open as openLadder, openStepJournal } from '../ladder/index.ts';
import { open as openOrigin } from '../origin/index.ts';
import { open as openQueueDoor } from '../queue/index.ts';
import { holdsNewcomers, LEVELS } from '../wire/delivery.ts';
import { EMPTY, type Message } from '../wire/feed.ts';
import { whyNotHeard } from '../wire/room.ts';
import { askForOperations } from './door/ask-operations.ts';
import { openBusFeed } from './door/bus-feed.ts';
import { openCounting, openSampling } from './door/counting.ts';
import { DefenceFiles } from './door/defence-files.ts';
import { doorSettings } from './door/door-settings.ts';
import { openKernelHelp } from './door/kernel-help.ts';
import { openDoorRequests } from './door/requests.ts';
import { openTallyFeed, type TallyFeedDeps } from './door/tally-feed.ts';
import { paths } from './paths.ts';
import { openPresence } from './presence.ts';
import { setProcessPriority } from './priority.ts';
import { openReplayThread } from './replay-thread.ts';
import { askForHost, askForRoom } from './room-lookup.ts';

const PRESENCE_PERIOD = ms(1000);
/** How often the tally is told what was answered. */
const ANSWERS_PERIOD = ms(5_000);
/** How long the supervisor's report on the whole installation is valid; it comes once a second. */
const READY_FOR = ms(5000);
const UNHEARD = {
  code: 503,
  text: 'not ready\nsupervisor  failed  has not been heard from for some seconds\n',
};

/** The journal of the ladder's steps. */
const openSteps = (path: string, log: Log, lostEntries: ReturnType<typeof openLostEntries>) =>
  openStepJournal(
    path,
    (error, lost) =>
      log.warn(
        { error: String(error), lost },
        'steps of the ladder could not be written to its journal: they are tried again with the next step, and this log has them too',
      ),
    lostEntries.of('ladder'),
  );

/** What a door has to do with the tally: what it counts goes there, and what that says of rooms and networks comes back. */
function openTallySide(
  { secret, ...way }: Omit<TallyFeedDeps, 'door' | 'again' | 'crowded'> & { readonly secret: Uint8Array },
  door: () => Door | undefined,
  run: string,
) {
  let crowdedNow: Iterable<number> = [];
  const tally = openTallyFeed({
    ...{ ...way, door: `door-${way.index}` },
    again() {
      door()?.tellAudience();
      requests.again();
    },
    crowded(hashes) {
      crowdedNow = hashes;
      door()?.crowdedNetworks(hashes);
    },
  });
  const requests = openDoorRequests({
    ...{ clock: way.clock, door: `door-${way.index}`, run, secret, send: tally.requests },
  });
  const share = (slug: string): number | undefined => tally.known.numbers(slug)?.sampling;
  return {
    ...{ tally, requests, crowdedNow: () => crowdedNow },
    sampling: openSampling({ clock: way.clock, secret, share }),
  };
}

/** What was reacted here, for the cells. */
const reactionMessages = (door: Door, name: string): Message[] =>
  [...door.takeReactions()].map(([slug, counts]) => ({
    head: { kind: 'reactions', slug, door: name, counts },
    body: EMPTY,
  }));

/** Opens door `index`: everything the crowd reaches, fed by the buses of the site and the cells. */
export async function openDoor(config: Config, index: number, log: Log): Promise<OpenRole> {
  setProcessPriority('door', log);
  const clock = systemClock;
  const at = paths(config.data);
  const name = `door-${index}`;
  const secret = readSecret(at.secret);
  await using stack = new AsyncDisposableStack();
  let ladder: DoorLadder | undefined;
  let door: Door | undefined;
  const { tally, requests, sampling, crowdedNow } = openTallySide(
    { clock, log, path: at.tallyBus, index, secret },
    () => door,
    at.run,
  );
  for (const side of [tally, requests]) stack.use<AsyncDisposable | Disposable>(side);
  const holding = (slug: string): boolean => holdsNewcomers(LEVELS[ladder?.delivery(slug).level ?? 0]);
  const origin = stack.use(
    openOrigin({
      clock,
      log: log.part('origin'),
      archive: openReader(at.archive),
      maker: stack.use(openReplayThread(clock, at.archive)),
      measurer: stack.use(openReplayThread(clock, at.archive)),
      holdWhileAway: true,
      tag: segmentTags(secret),
      caches: config.caches,
      queues: (slug) => holding(slug),
      ...{ listeners: tally.listeners, numbers: tally.known.numbers },
      proofs: (slug) => sampling.sample(slug),
      older: askForRoom(at.siteHttp),
    }),
  );
  const lostEntries = openLostEntries(['ladder', 'defence']);
  const records = stack.use(openSteps(at.ladder, log, lostEntries));
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
        if (why === 'studio-away') return card;
        return why === 'room-stopped' ? 'room-not-open' : why;
      },
      cap: (slug) => origin.card(slug)?.cap,
      holding,
      live: (slug) => door?.live(slug) ?? 0,
    }),
  );
  const feed = stack.use(
    openBusFeed({
      ...{ clock, log, at, door: name, cells: config.cells, origin, queue },
      delivery: (slug, delivery) => ladder?.told(slug, delivery),
    }),
  );
  // The port is taken when there is something to say: until then other doors, or the fallback page, answer.
  await feed.complete;
  const defence = stack.use(new DefenceFiles({ clock, log, at, index, lostEntries, door: () => door }));
  const settings = await doorSettings(config, at, clock, secret);
  const help = await openKernelHelp(config, log, settings.tls !== undefined);
  if (help.uring) stack.use(help.uring);
  const opened = await openDoorPart({
    ...{ clock, log, name, origin, queue },
    ...settings,
    ...{ operations: askForOperations(clock, at.supervisorHttp), hostOf: askForHost(at.siteHttp) },
    ...{ ...help, defence: defence.options(config) },
    ...{ audience: await openCounting(config, at, { index, secret, log, tally, sampling }), ...tally.known },
    ...{ requestOver: requests.over, streamHeard: requests.heard },
    delivery: (slug) => ladder?.delivery(slug) ?? { period: config.writePeriod },
    readiness: () => (readiness && clock.now() - readiness.at < READY_FOR ? readiness : UNHEARD),
  });
  door = opened;
  await defence.look();
  opened.crowdedNetworks(crowdedNow());
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
    for (const message of presence()) feed.send(message);
  };
  // Somebody waits for a rendition that is perhaps not coded yet.
  origin.onWanted(sayPresence);
  const tell = (): void => {
    for (const [slug, { streams, live }] of opened.counts())
      if (streams > live) opened.promote(slug, queue.spare(slug));
    sayPresence();
    for (const message of reactionMessages(opened, name)) feed.send(message);
    // After the counts: whoever has come is already counted as live, and no place is given away twice.
    for (const [slug, counted] of queue.ticketCounts())
      feed.send({ head: { kind: 'tickets', slug, door: name, counted }, body: EMPTY });
  };
  stack.use(clock.every(PRESENCE_PERIOD, tell));
  stack.use(clock.every(ANSWERS_PERIOD, () => tally.answers(opened.answers(), steps.egressLimit)));
  // Closed first: the parts behind it go on until the last listener has its segment.
  stack.defer(() => opened.close(config.shutdownGrace));
  return Object.assign(stack.move(), {
    metrics: () => opened.metrics() + steps.metrics() + lostEntries.metrics(),
    idle: () => opened.counts().size === 0,
    told(ready: Readiness) {
      readiness = { ...ready, at: clock.now() };
    },
  });
}
