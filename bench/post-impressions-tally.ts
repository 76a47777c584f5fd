/** The tally of `post-impressions.ts`: a process of its own, which is killed again and again. Its folder is the first argument. */
import { join } from 'node:path';
import { PostCounting } from '../src/audience/posts/post-counting.ts';
import { RawLog } from '../src/audience/records/raw-log.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { epochMs } from '../src/base/time.ts';
import { open as openEvidence } from '../src/evidence/index.ts';
import type { PostCountList } from '../src/wire/posts/post-figures.ts';

/** What the bench says, and what is answered. */
export type ToTally =
  | { kind: 'second'; wall: number; told: { number: number; counts: PostCountList }[] }
  | { kind: 'minute'; minute: number }
  | { kind: 'ask'; ids: string[] }
  | { kind: 'end' };
export type FromTally =
  | { kind: 'ready'; ms: number }
  | { kind: 'done' }
  | { kind: 'figures'; posts: Record<string, { sums: number[]; entry?: number }> }
  | { kind: 'ended'; entries: number };

const [, , dir = '', began = '0'] = process.argv;
let wall = Number(began);
const clock = { ...systemClock, wall: () => epochMs(wall) };
const say = (message: FromTally): void => void process.send?.(message);

const start = performance.now();
const rawDir = join(dir, 'raw');
const evidence = await openEvidence({
  ...{ dir: join(dir, 'evidence'), lock: join(dir, 'lock'), clock: systemClock, log: silentLog },
  origin: 'bench.example/evidence',
});
const raw = new RawLog({
  ...{ clock, log: silentLog, dir: rawDir, keep: 86_400_000, quota: 8e9, closed() {}, gap() {} },
});
let entries = 0;
const counting = new PostCounting({
  ...{ clock, log: silentLog, dir, rawDir, raw },
  evidence: {
    append(entry) {
      entries += 1;
      return evidence.append(entry);
    },
  },
});
await counting.restore();
await raw.start(counting.lastFile);

process.on('message', async (message: ToTally) => {
  if (message.kind === 'second') {
    wall = message.wall;
    for (const { number, counts } of message.told)
      counting.receive({ kind: 'post-counts', door: 'door-0', life: 'a', number, counts });
    // Time goes faster here: what a door keeps for three minutes must be on the disk within them.
    await raw.flush();
    say({ kind: 'done' });
  } else if (message.kind === 'minute') await counting.closeMinute(message.minute);
  else if (message.kind === 'ask') {
    const answer = await counting.answer(new URLSearchParams({ of: message.ids.join(',') }));
    say({ kind: 'figures', posts: (await answer.json()).posts });
  } else {
    await raw.flush();
    await counting.fold(true);
    // The fold before it may have been under way.
    await counting.fold(true);
    say({ kind: 'ended', entries });
  }
});
say({ kind: 'ready', ms: performance.now() - start });
