/** The evening and the night after it, minute by minute: people, the counting, and what it writes into the log. */
import { DEFAULT_RULES, definitionsOf, Happenings } from '../../src/audience/index.ts';
import { AudienceRoom } from '../../src/audience/room.ts';
import type { MinuteEntry } from '../../src/wire/evidence-entry.ts';
import type { MetricId } from '../../src/wire/metrics.ts';
import type { Clocks } from '../../src/wire/room.ts';
import { Doors } from './happened.ts';
import { openMadeLog } from './made-log.ts';
import { earlyPeople, liveSessions, replaySessions, type Stays } from './people.ts';
import { SessionFeed } from './records.ts';
import { BEGIN, EARLY, SLUG, WHEN } from './scenario.ts';

const MINUTE = 60;
const SLOT_MS = 10_000;
const wall = (second: number): number => BEGIN + second * 1000;

/** What was made. */
export interface MadeEvening {
  readonly bundle: string;
  /** Records that were counted. */
  readonly records: number;
  /** The totals of the last minute. */
  readonly total: MinuteEntry['total'];
}

/** Sessions that hear music before the silence. */
function musicSessions(scale: number): Stays {
  const many = Math.round(EARLY.gotIn * scale);
  const from = Int32Array.from({ length: many }, (_, i) => WHEN.music + Math.floor((i / many) * 10 * MINUTE));
  return { from, to: from.map((at) => Math.min(WHEN.silence, at + 180 + ((at * 7) % 700))) };
}

/** What a room's clocks say at a second: each is known once it has come. */
function clocksAt(second: number): Clocks {
  const { opened, announced, music, speech, ended } = WHEN;
  return {
    scheduled: wall(announced),
    ...(second >= opened ? { opened: wall(opened) } : {}),
    ...(second >= music ? { firstAudio: wall(music) } : {}),
    ...(second >= speech ? { firstSpeech: wall(speech) } : {}),
    ...(second >= ended ? { ended: wall(ended) } : {}),
  };
}

/** Makes the evening. `scale`: all crowds are multiplied by it. `told` is called with each minute that is written. */
export async function makeEvening(
  { scale, seed }: { readonly scale: number; readonly seed: number },
  told: (entry: MinuteEntry['total'], minute: number) => void = () => {},
): Promise<MadeEvening> {
  await using log = await openMadeLog();
  const room = new AudienceRoom(SLUG);
  const early = earlyPeople(scale, seed);
  const waiting = new Waiting(early);
  const music = new SessionFeed(musicSessions(scale), 'live', 11);
  const live = new SessionFeed(liveSessions(scale, seed + 1), 'live', 101);
  const replay = new SessionFeed(replaySessions(scale, seed + 2), 'replay', 1_001);
  const doors = new Doors(scale, seed + 3);
  const happenings = new Happenings();
  let total: MinuteEntry['total'] = {};
  await log.write({
    v: 1,
    kind: 'definitions',
    at: BEGIN,
    sha256: DEFAULT_RULES.definitionsHash,
    definitions: definitionsOf(DEFAULT_RULES),
  });

  for (let minute = 0; minute * MINUTE < WHEN.until; minute++) {
    const [start, end] = [minute * MINUTE, (minute + 1) * MINUTE];
    for (const happened of happenings.clocks(SLUG, clocksAt(start))) await log.write(happened, SLUG);
    if (start === WHEN.silence)
      await log.write(
        { v: 1, kind: 'happening', at: wall(start), what: 'dead-air', detail: 'no-speaker' },
        SLUG,
      );
    if (start === WHEN.opened) room.memory.opened = wall(start);
    if (start === WHEN.ended) room.memory.ended = wall(start);
    if (start >= WHEN.speech && start < WHEN.ended) room.count.stage.changed(wall(WHEN.speech), true);
    if (start >= WHEN.ended) room.count.stage.changed(wall(WHEN.ended), false);
    for (const feed of [music, live, replay]) feed.minute(room, minute);
    doors.minute(room, minute, {
      waiting: end <= WHEN.speech ? waiting.at(end) : 0,
      listening: live.present,
      early: waiting.come(end),
      joined: music.come + live.come,
      replays: replay.come,
    });
    // Samples at each slot's end; that of the minute's end belongs to the next one, as in the tally.
    for (let at = wall(start) + SLOT_MS; at < wall(end); at += SLOT_MS) room.sample(at);
    const index = BEGIN / 60_000 + minute;
    if (minute % 10 === 0) room.count.forget(index);
    const entry = room.closeMinute(index);
    const posts = room.closePosts(index);
    room.sample(wall(end));
    await log.until(wall(end));
    if (posts) await log.write(posts, SLUG);
    if (!entry) continue;
    const written = await log.write(entry, SLUG);
    Object.assign(room.memory, { entry: written.index, seq: written.seq });
    total = entry.total;
    told(total, minute);
  }
  return { bundle: await log.bundle(), records: music.records + live.records + replay.records, total };
}

/** People who wait before anything is said. */
class Waiting {
  readonly #from: Int32Array;
  readonly #to: Int32Array;

  constructor({ from, to }: Stays) {
    this.#from = from;
    this.#to = to.toSorted();
  }

  /** People who have come by a second. */
  come(second: number): number {
    return below(this.#from, second);
  }

  /** People who are there at a second. */
  at(second: number): number {
    return below(this.#from, second) - below(this.#to, second);
  }
}

/** How many numbers of a sorted list are smaller. */
function below(list: Int32Array, limit: number): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((list[middle] as number) < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Figures as people read them. */
export const inWords = (total: MinuteEntry['total']): string =>
  (Object.keys(total) as MetricId[])
    .map((id) => `${id.padEnd(18)} ${(total[id]?.net ?? 0).toLocaleString('en')}`)
    .join('\n');
