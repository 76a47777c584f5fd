import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { open as openStore } from '../store/index.ts';
import { open } from './index.ts';

const ORIGIN = 'https://rooms.example';

test('an answer to an attempt tells what the network has left, known and unknown addresses alike; a page that tries nothing tells nothing', async () => {
  await using store = await openStore({ url: 'sqlite::memory:' });
  const clock = manualClock();
  await using identity = await open({
    ...{ store, clock, log: silentLog, secret: new Uint8Array(32).fill(5), publicUrl: ORIGIN },
    isOpen: true,
  });
  const ask = async (from: string, email?: string) => {
    const headers = {
      ...{ origin: ORIGIN, 'x-forwarded-for': from },
      'content-type': 'application/x-www-form-urlencoded',
    };
    const init = email === undefined ? {} : { method: 'POST', body: `email=${email}&password=a-wrong-guess` };
    const answer = await identity.fetch(new Request(`${ORIGIN}/sign-in`, { headers, ...init }));
    return {
      status: answer?.status,
      left: Number(/"secrets";r=(\d+)/.exec(answer?.headers.get('ratelimit') ?? '')?.[1] ?? -1),
      policy: answer?.headers.get('ratelimit-policy'),
      wait: answer?.headers.get('retry-after'),
    };
  };
  expect((await ask('192.0.2.1')).left).toBe(-1);
  const left: number[] = [];
  let last: Awaited<ReturnType<typeof ask>> | undefined;
  for (let n = 0; n < 100 && last?.status !== 429; n++) {
    last = await ask('192.0.2.1', `somebody-${n}@x.example`);
    left.push(last.left);
  }
  expect(last).toMatchObject({ status: 429, left: 0, policy: '"secrets";q=30;w=90' });
  expect(Number(last?.wait)).toBeGreaterThan(0);
  expect(left).toEqual(left.toSorted((a, b) => b - a));
  // Another network has its own.
  expect((await ask('198.51.100.1', 'somebody-1@x.example')).left).toBe(29);
  await identity.settled();
});
