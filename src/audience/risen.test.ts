import { expect, test } from 'vitest';
import { keepRisen } from './risen.ts';

const sampled = (net: number) => ({ net, gross: net + 5, method: 'sampled', error: 3 }) as const;

test('an estimate of sessions takes nothing back but those that were found not to count', () => {
  const listens = (net: number) => ({ ...sampled(net + 7), parts: { live: net, replay: 7 } });
  const total = { tuned_in_live: sampled(90), listens_total: listens(90) };
  keepRisen(total, { tuned_in_live: sampled(100) }, 4);
  expect(total.tuned_in_live.net).toBe(96);
  expect(total.listens_total).toMatchObject({ net: 103, parts: { live: 96, replay: 7 } });
  keepRisen(total, { tuned_in_live: sampled(96) }, 0);
  expect(total.tuned_in_live.net).toBe(96);
});

test('what was counted one by one stays as it was counted', () => {
  const total = { tuned_in_live: { net: 90, gross: 95, method: 'counted' } as const };
  keepRisen(total, { tuned_in_live: sampled(100) }, 0);
  expect(total.tuned_in_live.net).toBe(90);
});
