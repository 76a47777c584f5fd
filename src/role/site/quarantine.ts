import { rmSync, writeFileSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import type { Rooms } from '../../room/index.ts';
import { isRunning } from '../../wire/room.ts';
import type { Paths } from '../paths.ts';
import { followProcesses } from '../tally/process-news.ts';
import { type BlameAct, CrashBlame } from './crash-blame.ts';

const TICK = ms(1000);
/** Deaths from before the site began, ms, are not looked at: where rooms were then is not known. */
const BEFORE_MS = 2_000;

/** What the quarantine needs. */
export interface QuarantineDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly at: Paths;
  readonly cells: number;
  readonly rooms: Pick<Rooms, 'cards' | 'measures' | 'onChange'>;
}

/**
 * Keeps a room apart that makes its cell crash, as the journal of processes tells of deaths. The supervisor starts the
 * quarantine cell while the file `quarantine` is there.
 */
export function openQuarantine({ clock, log, at, cells, rooms }: QuarantineDeps): Disposable {
  const { measures } = rooms;
  const began = clock.wall();
  const roomsOf = (cell: number): string[] =>
    rooms
      .cards()
      .filter((card) => card.cell === cell && isRunning(card.status))
      .map(({ slug }) => slug);
  const blame = new CrashBlame(cells, roomsOf);
  let shown: boolean | undefined;
  const show = (): void => {
    const wanted = roomsOf(cells).length > 0;
    if (wanted === shown) return;
    try {
      if (wanted) writeFileSync(at.quarantine, '');
      else rmSync(at.quarantine, { force: true });
      shown = wanted;
    } catch (error) {
      log.error(
        { error: String(error) },
        'the quarantine cell cannot be asked for: its rooms hear hold music',
      );
    }
  };
  const act = async (one: BlameAct): Promise<void> => {
    const { slug } = one;
    if (one.act === 'quarantine')
      log.error(
        { slug },
        'a room made its studio fail three times within a minute: it is kept apart, where its speakers hear each other and its listeners hear music. earshot room release brings it back',
      );
    else log.warn({ slug, cell: one.cell }, 'a room is moved to find out which one makes its studio fail');
    await (one.act === 'quarantine' ? measures.quarantine(slug) : measures.move(slug, one.cell));
  };
  const doAll = (acts: readonly BlameAct[]): void => {
    for (const one of acts)
      act(one).catch((error: unknown) =>
        log.error(
          { slug: one.slug, error: String(error) },
          'a room could not be moved to another studio cell',
        ),
      );
  };
  const stack = new DisposableStack();
  stack.use(
    followProcesses(at.processes, log, 'a room that makes its studio fail is not found', (news) => {
      const cell = /^studio-(\d+)$/.exec(news.process)?.[1];
      if (news.event !== 'died' || cell === undefined || news.at < began - BEFORE_MS) return;
      const { room, unready = false } = news;
      doAll(
        blame.died({ at: news.at, cell: Number(cell), unready, ...(room === undefined ? {} : { room }) }),
      );
    }),
  );
  stack.use(rooms.onChange(show));
  stack.use(
    clock.every(TICK, () => {
      doAll(blame.tick(clock.wall()));
      show();
    }),
  );
  show();
  return stack;
}
