import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';
import type { RecordedFile } from '../../wire/recording.ts';
import type { ReplayOutline } from '../../wire/replay/outline.ts';
import type { RoomCard } from '../../wire/room.ts';
import { outlineIn } from './outline-answer.ts';
import { isNotNow, type ReplayDesk } from './replay-desk.ts';

/** Recordings of which it is remembered what their file is. */
const MOST_KEPT = 1_000;
/** What is known is looked up again after this long: a recording may have been removed. */
const FRESH_MS = 30_000;
/** Whoever asks waits for what is not known yet at most this long; it is there when they ask again. */
const WAIT = ms(1_500);
/** Nobody waits for it in person. */
const NOBODY = new AbortController().signal;

/** Names and clips that a feed has of one recording. */
const MOST_SPEAKERS = 30;
const MOST_CLIPS = 20;

/** What a feed says of a recording beside its sound, on the timeline of the file. */
function beside({ lead, chapters, turns, trims, clips }: ReplayOutline): Partial<RecordedFile> {
  const left = (from: number, to: number): number =>
    trims.reduce(
      (all, trim) => all - Math.max(0, Math.min(to, trim.to) - Math.max(from, trim.from)),
      to - from,
    );
  return {
    chapters: chapters.length > 0,
    speakers: [...new Set(turns.map(({ title }) => title))].slice(0, MOST_SPEAKERS),
    clips: clips.slice(0, MOST_CLIPS).map(({ at, from, to, title }) => ({
      at: Math.max(0, at - lead),
      seconds: left(from, to) / 1_000,
      title,
    })),
  };
}

interface Known {
  at: number;
  /** Undefined: there is no such file. */
  file: RecordedFile | undefined;
  looking: Promise<void> | undefined;
}

/** What `replay.m4a` of rooms that are over is: for feeds, which name its length before anybody asks for it. */
export interface RecordedFiles {
  /** By room; those without a file are missing. */
  of(cards: readonly RoomCard[]): Promise<ReadonlyMap<string, RecordedFile>>;
}

/** Opens it. Files are looked at one after the other, so that nobody who listens to a replay waits for a feed. */
export function openRecordedFiles(clock: Clock, desk: ReplayDesk): RecordedFiles {
  const known = new Map<string, Known>();
  let last: Promise<unknown> = Promise.resolve();

  const find = async ({ slug, title, hosts }: RoomCard, one: Known): Promise<void> => {
    const asker = { signal: NOBODY };
    const facts = await desk.facts(slug, true, asker);
    if (isNotNow(facts)) return;
    const isThere =
      facts && !facts.removed && facts.renditions.some((r) => r.codec === 'aac' && r.container === 'fmp4');
    one.file = isThere ? { ...one.file, seconds: facts.seconds } : undefined;
    if (!isThere) return;
    const wish = { what: 'file', slug, over: true, layout: 'whole', tags: { title, hosts } } as const;
    const plan = await desk.file(wish, asker);
    const bytes = plan && !isNotNow(plan) ? plan.offsets.at(-1) : undefined;
    if (bytes === undefined) return;
    one.file = { ...one.file, seconds: facts.seconds, bytes };
    const told = await desk.text(slug, true, 'outline', { ...asker, spares: true });
    if (told && !isNotNow(told)) one.file = { ...one.file, ...beside(outlineIn(told)) };
  };

  const look = (card: RoomCard): Known => {
    // The title is in the file.
    const key = JSON.stringify([card.slug, card.title, card.hosts]);
    const before = known.get(key);
    if (before && (before.looking || clock.now() - before.at < FRESH_MS)) return before;
    const one: Known = before ?? { at: 0, file: {}, looking: undefined };
    one.at = clock.now();
    // What cannot be read now is looked at with the next question.
    one.looking = last = last
      .then(() => find(card, one))
      .catch(() => undefined)
      .finally(() => {
        one.looking = undefined;
      });
    known.delete(key);
    known.set(key, one);
    const oldest = known.keys().next().value;
    if (known.size > MOST_KEPT && oldest !== undefined) known.delete(oldest);
    return one;
  };

  return {
    async of(cards) {
      const found = cards.map((card) => [card.slug, look(card)] as const);
      const looking = found.flatMap(([, { looking: one }]) => (one ? [one] : []));
      if (looking.length > 0) {
        const enough = Promise.withResolvers<void>();
        using _ = clock.after(WAIT, enough.resolve);
        await Promise.race([Promise.all(looking), enough.promise]);
      }
      return new Map(found.flatMap(([slug, { file }]) => (file ? [[slug, file] as const] : [])));
    },
  };
}
