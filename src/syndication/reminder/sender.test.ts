import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import { epochMs } from '../../base/time.ts';
import type { ReminderBook, ReminderRow } from './book.ts';
import { openSender } from './sender.ts';

const NOW = Date.UTC(2027, 2, 1, 12);
const row = (id: string, due: number): ReminderRow =>
  ({ ...{ id, due, room: 'hall', target: `https://push.example/${id}`, tries: 0 }, notice: 'soon' }) as never;

test('what became due while the database was slow is sent by the look that was asked for then', async () => {
  const clock = manualClock(epochMs(NOW));
  const rows = [row('early', NOW), row('late', NOW + 900)];
  const [sent, marked]: [string[], Set<string>] = [[], new Set()];
  /** What a reading waits for, and the moment that it asked for. */
  let slow: (() => void) | undefined;
  const asked: number[] = [];
  const book = {
    dueOrigins: async () => ['https://push.example'],
    async due(_origin: string, now: number) {
      asked.push(now);
      if (asked.length === 2)
        await new Promise<void>((resolve) => {
          slow = resolve;
        });
      return rows.filter(({ id, due }) => Number(due) <= now && !marked.has(id));
    },
    told: async (done: readonly ReminderRow[]) => {
      for (const { id } of done) marked.add(id);
    },
  } as unknown as ReminderBook;
  await using sender = openSender({
    ...{ book, clock, log: silentLog, gone: () => undefined },
    async deliver({ id }) {
      sent.push(id);
      return { became: 'sent' };
    },
  });
  // It is read again whether anything is left that was due then, and the database takes its time.
  clock.advance(500);
  while (asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toEqual([NOW + 500, NOW + 500]);
  clock.advance(500);
  const whole = sender.look();
  await new Promise((resolve) => setImmediate(resolve));
  slow?.();
  await whole;
  expect(sent).toEqual(['early', 'late']);
});
