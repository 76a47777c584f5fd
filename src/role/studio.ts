import { open as openArchive } from '../archive/index.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Check, OpenRole } from '../base/health.ts';
import type { Slug } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { listenSocket, subscribeSocket } from '../bus/index.ts';
import type { Config } from '../config/index.ts';
import { answersHere, open as openInteraction } from '../interaction/index.ts';
import { openLostEntries } from '../journal/index.ts';
import { readSecret } from '../keys/secret.ts';
import { segmentTags } from '../keys/segment-tags.ts';
import { openTokens } from '../keys/token.ts';
import { openStepJournal } from '../ladder/index.ts';
import { open as openStage, type Stage } from '../stage/index.ts';
import { loadLoops, type StandbyLoops, standbyMessages } from '../standby/standby-loops.ts';
import type { Message } from '../wire/feed.ts';
import { ARCHIVED, RENDITIONS } from '../wire/renditions.ts';
import { serveInner } from './inner-http.ts';
import { logLost } from './lost.ts';
import { type Paths, paths } from './paths.ts';
import { setProcessPriority } from './priority.ts';
import { KnownRooms } from './room-changes.ts';
import { useSnapshot } from './snapshot.ts';
import { openTextCheck } from './studio/block-words.ts';
import { cellMetrics, type RoomMetrics } from './studio/cell-metrics.ts';
import { openCellRooms } from './studio/cell-rooms.ts';
import { openInTurn } from './studio/openings.ts';
import { markedClock, markedStage, openRoomMarks } from './studio/room-marks.ts';
import { RunningRoom } from './studio/running-room.ts';
import { openWelcomeTalk, type WelcomeTalk } from './studio/welcome-talk.ts';
import { openWithdrawnQuestions } from './studio/withdrawn-questions.ts';

/** Opens studio cell `index`: stage, mixer, packager and archive of the rooms that the site gives it. */
export async function openStudio(config: Config, index: number, log: Log): Promise<OpenRole> {
  setProcessPriority('studio', log);
  const clock = systemClock;
  const at = paths(config.data);
  let loops: StandbyLoops = new Map();

  await using stack = new AsyncDisposableStack();
  let talk: WelcomeTalk | undefined;
  const welcomeTalk = (slug: Slug): WelcomeTalk => {
    talk ??= openWelcomeTalk({ slug, log: log.part('welcome'), tokens, stage });
    return talk;
  };
  const lostEntries = openLostEntries(['ladder', 'queue', 'marks', 'gaps']);
  const wakeInTurn = openInTurn(() => true);
  const cards = new KnownRooms();
  const marks = stack.use(await openRoomMarks(at.cellMarks(index), { clock, log }));
  const { programs, take } = openCellRooms<RunningRoom>({
    ...{ clock, log, cards, cell: index },
    open: (card) => {
      const mark = marks.of(card.slug);
      const deps = {
        clock: markedClock(clock, mark),
        ...{ log, mark },
        stage: markedStage(stage, mark),
        archive,
        renditions: RENDITIONS,
        tag,
        always: [...new Set([...ARCHIVED, ...config.archive])],
        loops: () => loops,
        publish,
        inTurn: wakeInTurn,
        ...(card.welcome ? { hearing: welcomeTalk(card.slug as Slug).hearing } : {}),
        writePeriod: config.writePeriod,
        ...{ caches: config.caches, records, lostEntries, cell: `cell-${index}` },
        ...{ queueDir: at.queue, musicDir: at.music, interaction, withdrawn },
      };
      return mark.opening(() => RunningRoom.open(deps, card));
    },
    closed: (slug) => marks.forget(slug),
    opened(program) {
      for (const message of program.greeting()) publish(message);
    },
  });
  const outlet = stack.use(
    await listenSocket(
      at.cellBus(index),
      function* () {
        for (const program of programs.values()) yield* program.greeting();
      },
      { clock, log },
    ),
  );
  const records = stack.use(
    openStepJournal(
      at.ladder,
      (error, lost) =>
        log.warn(
          { error: String(error), lost },
          'steps of the ladder could not be written to its journal: they are tried again with the next step, and this log has them too',
        ),
      lostEntries.of('ladder'),
    ),
  );
  const publish = (message: Message): void => outlet.publish(message);
  const archive = stack.use(
    await openArchive({
      dir: at.archive,
      log: log.part('archive'),
      clock,
      renditions: config.archive,
      gap: (slug, gap) => log.warn({ slug, ...gap }, 'the recording has a gap'),
      onLost: (file, lines) => lostEntries.of(file)(lines),
    }),
  );
  const secret = readSecret(at.secret);
  const tokens = openTokens(secret);
  const tag = segmentTags(secret);
  const { withdrawn, brokenRule } = decidedBySite(clock, at);
  const stage = stack.use(
    await openStage({
      ...{ clock, log: log.part('stage'), tokens, brokenRule },
      udpPort: config.udpPort === 0 ? 0 : config.udpPort + index,
      ...(config.publicAddress ? { publicAddress: config.publicAddress } : {}),
      iceServers: config.iceServers,
      ...{ maxSpeakers: config.maxSpeakers, maxSpeakersOfAll: config.speakersPerCell },
      handsDir: at.hands,
    }),
  );
  const interaction = openInteraction({
    ...{ clock, log: log.part('interaction'), tokens, dir: at.questions, brokenRule },
  });
  outlet.onUpstream((message) => hearDoor(programs, message));
  const answer = (request: Request): Promise<Response> =>
    answersHere(new URL(request.url).pathname) ? interaction.fetch(request) : stage.fetch(request);
  stack.use(await serveInner(at.cellHttp(index), answer, { clock, log }));
  stack.defer(async () => {
    talk?.[Symbol.dispose]();
    await Promise.all([...programs.values()].map((program) => program.close()));
  });

  stack.use(hearSite({ clock, log, at, cards, take }));
  void loadLoops(at.loops).then(
    (loaded) => {
      loops = loaded;
      for (const slug of programs.keys())
        for (const message of standbyMessages(slug, loops)) publish(message);
    },
    (error) =>
      log.error(
        { error: String(error) },
        'the hold music could not be prepared: listeners will hear silence while a studio is away',
      ),
  );
  const rooms = (): RoomMetrics[] => [...programs.values()].map((program) => program.metrics());
  return Object.assign(stack.move(), {
    metrics: () => cellMetrics(rooms(), stage.failures) + lostEntries.metrics(),
    idle: () => rooms().every(({ resting }) => resting),
    checks: (): Check[] => [recordingCheck(rooms()), udpCheck(stage)],
  });
}

/** What moderators have decided, as the site writes it down. */
const decidedBySite = (clock: Clock, at: Paths) => ({
  withdrawn: openWithdrawnQuestions(clock, at.withdrawnQuestions),
  brokenRule: openTextCheck(clock, at.blockWords),
});

/** Takes what a door says of a room. */
function hearDoor(programs: ReadonlyMap<string, RunningRoom>, { head }: Message): void {
  if (head.kind === 'presence') programs.get(head.slug)?.presence(head);
  else if (head.kind === 'tickets') programs.get(head.slug)?.tickets(head.door, head.counted);
  else if (head.kind === 'reactions') programs.get(head.slug)?.reacted(head.counts);
}

interface SiteEar {
  readonly clock: Clock;
  readonly log: Log;
  readonly at: Paths;
  readonly cards: KnownRooms;
  take(news: ReturnType<KnownRooms['replace']>): void;
}

/** Takes what the site says of rooms and, until it speaks, what it said last. */
function hearSite({ clock, log, at, cards, take }: SiteEar): AsyncDisposable {
  let siteSpoke = false;
  const stack = new AsyncDisposableStack();
  stack.use(
    useSnapshot(
      { clock, log, path: at.rooms },
      () => siteSpoke,
      (list) => take(cards.replace(list)),
    ),
  );
  stack.use(
    subscribeSocket(at.siteBus, {
      message(message) {
        const news = cards.take(message);
        if (!news) return;
        siteSpoke = true;
        take(news);
      },
      failed: logLost(clock, log, 'site'),
    }),
  );
  return stack;
}

function recordingCheck(rooms: readonly RoomMetrics[]): Check {
  const lost = rooms.filter(({ recording }) => recording?.healthy === false).length;
  if (lost === 0) return { part: 'recording', ok: true };
  return { part: 'recording', ok: false, says: `of ${lost} room(s) is not being written: is the disk full?` };
}

const udpCheck = ({ udpTrouble, udpPort }: Stage): Check => ({
  part: 'udp',
  ok: udpTrouble === undefined,
  says: udpTrouble ?? `port ${udpPort}`,
});
