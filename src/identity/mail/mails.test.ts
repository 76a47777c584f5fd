import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import { epochMs } from '../../base/time.ts';
import { open } from '../../store/index.ts';
import { openMails } from './mails.ts';

test('mails to many leave room for others, and go out a few at a time', async () => {
  const clock = manualClock(epochMs(1_800_000_000_000));
  const sent: string[] = [];
  await using store = await open({ url: 'sqlite::memory:' });
  await using mails = openMails({
    ...{ store, clock, log: silentLog },
    send: async ({ to }) => void sent.push(to),
  });
  const letters = Array.from({ length: 600 }, (_, i) => ({
    ...{ to: `p${i}@x.example`, subject: 'Moved', text: 'Later' },
  }));
  await mails.putToMany('hall', letters, 120_000);
  expect((await mails.awaited('hall')).size).toBe(500);
  expect((await mails.awaited('attic')).size).toBe(0);
  clock.advance(119_000);
  await mails.look();
  expect(sent).toEqual([]);
  await mails.put({ to: 'zoe@x.example', subject: 'A new password', text: 'A link' });
  await mails.look();
  await expect.poll(() => sent).toEqual(['zoe@x.example']);
  clock.advance(2_000);
  await mails.look();
  expect(sent).toHaveLength(11);
  // What is newer replaces what waits, also when it concerns fewer.
  await mails.putToMany('hall', [{ to: 'p499@x.example', subject: 'Cancelled', text: 'Over' }], 120_000);
  expect(await mails.waiting(5)).toMatchObject([{ to: 'p499@x.example', subject: 'Cancelled' }]);
});
