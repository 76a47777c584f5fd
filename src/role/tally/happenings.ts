import { readFile, rename, writeFile } from 'node:fs/promises';
import { type HappeningMemory, Happenings } from '../../audience/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import type { Evidence } from '../../evidence/index.ts';
import type { MessageHead } from '../../wire/feed.ts';

/** What was told is saved so long after it; within that a killed process would tell it once more. */
const SAVED_AFTER = ms(500);

/** Dependencies of writing down events in the life of rooms. */
export interface TallyHappeningsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly evidence: Pick<Evidence, 'appendOf'>;
  /** Where it is remembered what is written already. */
  readonly path: string;
}

/**
 * Opens the writer: it writes the clocks, silences and rungs of rooms into the evidence log, as the site and the cells
 * report them.
 */
export async function openTallyHappenings(
  deps: TallyHappeningsDeps,
): Promise<{ receive(head: MessageHead): void }> {
  const { clock, log, evidence, path } = deps;
  const happenings = new Happenings(await remembered(path));
  let saving = false;

  const save = (): void => {
    if (saving) return;
    saving = true;
    clock.after(SAVED_AFTER, () => {
      saving = false;
      writeFile(`${path}.new`, JSON.stringify(happenings.memory))
        .then(() => rename(`${path}.new`, path))
        .catch((error: unknown) =>
          log.warn(
            { error: String(error) },
            'it could not be saved which clocks and silences are in the evidence log: after a restart some may be written into it twice',
          ),
        );
    });
  };
  const tell = (room: string, news: ReturnType<Happenings['clocks']>): void => {
    if (news.length === 0) return;
    for (const entry of news) void evidence.appendOf(room, entry).catch(() => undefined);
    save();
  };
  return {
    receive(head) {
      if (head.kind === 'rooms' || head.kind === 'room-changes') {
        for (const card of head.rooms) {
          if (card.welcome) continue;
          tell(card.slug, happenings.clocks(card.slug, card.clocks));
          tell(card.slug, happenings.measures(card.slug, card, clock.wall()));
        }
      } else if (head.kind === 'clocks') tell(head.slug, happenings.clocks(head.slug, head.clocks));
      else if (head.kind === 'state') tell(head.slug, happenings.state(head.slug, head.state));
    },
  };
}

async function remembered(path: string): Promise<Record<string, HappeningMemory>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, HappeningMemory>;
  } catch {
    // None yet, or half written: what is known is written down once more.
    return {};
  }
}
