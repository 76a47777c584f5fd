import { type Charge, problem, type Reply } from '../base/reply.ts';
import { find } from '../http/index.ts';
import { holdsNewcomers } from '../wire/delivery.ts';
import { isOver, type RoomCard, whyNotHeard } from '../wire/room.ts';
import type { OriginDeps } from './deps.ts';
import { editedRecordings } from './edited-recording.ts';
import { openLive } from './live/live.ts';
import { EACH_SECOND, OPEN_TO_ALL, Packed, type RequestHeaders } from './packed.ts';
import { multivariantOf, steering } from './playlist/multivariant.ts';
import { openRecorded } from './recorded.ts';
import { clipOf } from './replay/clip-file.ts';
import { openEndedLive } from './replay/ended-live.ts';
import { openLoudness } from './replay/loudness.ts';
import { openPageOutlines } from './replay/outline-answer.ts';
import { openRecordedFiles } from './replay/recorded-files.ts';
import { notNow } from './replay/replay.ts';
import { type Asker, isNotNow, openReplayDesk } from './replay/replay-desk.ts';
import { openReplayMaker } from './replay/replay-maker.ts';
import type { OriginRooms } from './rooms.ts';
import { openStateFiles } from './state-file.ts';

/** For what nobody waits for in person. */
const NOBODY = new AbortController().signal;

/** Finds the part of the origin that answers a path. */
export function router(deps: OriginDeps, rooms: OriginRooms) {
  const { clock } = deps;
  const archive = editedRecordings(deps.archive);
  const maker = deps.maker ?? openReplayMaker(deps.archive);
  const desk = openReplayDesk({ clock, log: deps.log, port: archive, maker });
  const outlines = openPageOutlines(clock, desk);
  const loudness = openLoudness(deps.measurer ?? maker, deps.log);
  const { caches = [] } = deps;
  const queues = (slug: string): boolean =>
    deps.queues?.(slug) === true || holdsNewcomers(rooms.state(slug)?.delivery);
  const live = openLive(
    clock,
    archive,
    caches,
    (slug, program, rendition) => rooms.ask(slug, program, rendition),
    queues,
  );
  const endedLive = openEndedLive(archive, desk);
  const files = openRecordedFiles(clock, desk);
  const stateFiles = openStateFiles(
    clock,
    rooms,
    async (slug) => {
      const facts = await desk.facts(slug, true, { signal: NOBODY });
      return isNotNow(facts) ? undefined : facts;
    },
    (slug) => deps.numbers?.(slug),
  );

  const over = (slug: string, room = rooms.card(slug)): boolean => {
    const program = rooms.program(slug);
    return isOver(room?.status) && (!program || program.over);
  };

  const card = (slug: string): RoomCard | undefined => rooms.card(slug);
  const clip = async (slug: string, id: string) => {
    const found = clipOf(await archive.edits?.(slug), id);
    // What is left of a recording that was removed still names its clips.
    const facts = found && (await desk.facts(slug, over(slug), { signal: NOBODY }));
    return facts && !isNotNow(facts) && facts.removed ? undefined : found;
  };
  const fromDisk = openRecorded({ clock, archive, desk, loudness, card, over });

  const fromWindow = async (
    slug: string,
    file: string,
    query: URLSearchParams,
    headers: RequestHeaders,
    asker: Asker,
  ): Promise<Reply> => {
    if (file === 'steering.json' && caches.length > 0 && rooms.card(slug)) {
      const away = rooms.state(slug)?.delivery.newcomers ?? 'live';
      const list = new Packed(steering(caches.length, away !== 'live'));
      return list.reply(headers, { 'content-type': 'application/json', 'cache-control': EACH_SECOND });
    }
    const program = rooms.program(slug);
    const { status, stopped } = rooms.card(slug) ?? {};
    if (status === 'stopped') return problem('room-stopped', stopped?.reason, OPEN_TO_ALL);
    // Players keep the address they were given; whoever begins after the end begins with the replay.
    const after = status === 'ended' && (!program || (program.over && multivariantOf(file) !== undefined));
    const facts = after ? await desk.facts(slug, true, asker) : undefined;
    if (program && (!facts || isNotNow(facts)))
      return live.answer(slug, program, file, query, headers, asker.signal);
    if (isNotNow(facts)) return notNow(facts);
    const ended = facts && (await endedLive(slug, facts, file, headers, asker));
    if (ended) return ended;
    const code = whyNotHeard(status);
    return problem(
      code,
      undefined,
      code === 'studio-away' ? { ...OPEN_TO_ALL, 'retry-after': '2' } : OPEN_TO_ALL,
    );
  };

  const answer = (
    path: string,
    query: URLSearchParams,
    headers: RequestHeaders,
    signal: AbortSignal,
    charge: Charge = () => true,
  ): Promise<Reply> | undefined => {
    const found = find(path);
    if (found?.address.owner !== 'origin' || found.address.endless) return undefined;
    const slug = found.room;
    if (found.address.id === 'rooms') return stateFiles.list(headers);
    if (found.address.id === 'state') return stateFiles.state(slug, headers);
    if (found.address.id === 'numbers-file') return stateFiles.numbers(slug, headers);
    if (found.address.id === 'questions-file') return stateFiles.questions(slug, headers);
    const [, , , folder = '', ...file] = path.split('/');
    const asker = { signal, charge };
    if (folder === 'live') return fromWindow(slug, file.join('/'), query, headers, asker);
    const below = folder === 'replay' ? file : [folder, ...file];
    return fromDisk(slug, below.join('/'), query, headers, asker);
  };
  return {
    answer,
    outline: (slug: string) => outlines(slug, over(slug)),
    clip,
    recordedFiles: (cards: readonly RoomCard[]) => files.of(cards.filter((one) => over(one.slug, one))),
    [Symbol.asyncDispose]: () => loudness[Symbol.asyncDispose](),
  };
}
