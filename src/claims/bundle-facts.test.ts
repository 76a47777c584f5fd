import { expect, test } from 'vitest';
import { factsOfBundle } from './bundle-facts.ts';
import { checkClaim } from './check.ts';
import type { ClaimFacts } from './facts.ts';

const figure = (net: number) => ({ net, gross: net, method: 'counted' });
const place = (seq: number) => ({ v: 1, room: 'hall', seq, previous: '' });
const minute = (seq: number, after: number, total: object): object => ({
  ...{ ...place(seq), kind: 'minute', minute: 28_000_000 + after, status: 'reconciled', samples: [], total },
  ...{ seconds: { stage: 0, standby: 0 }, excluded: {}, sampling: 1e6, definitions: '' },
});

function factsOf(...entries: readonly object[]): ClaimFacts {
  const head = { v: 1, kind: 'earshot-bundle', room: 'hall', title: 'Hall', origin: 'o', keys: [], made: 0 };
  const lines = entries.map((entry, index) => ({
    kind: 'entry',
    index,
    entry: JSON.stringify(entry),
    proof: [],
  }));
  const found = factsOfBundle([head, ...lines].map((line) => JSON.stringify(line)).join('\n'));
  if ('why' in found) throw new Error(found.why);
  return found.facts;
}

test('posts of other accounts are figures of others, by their newest word, and no figure of the room', () => {
  const posts = (seq: number, list: Readonly<Record<string, number>>): object => ({
    ...{ ...place(seq), kind: 'posts', at: 0 },
    posts: Object.entries(list).map(([of, many]) => ({ of, total: { post_impressions: figure(many) } })),
  });
  const facts = factsOf(
    minute(1, 0, { post_impressions: figure(183_000_000) }),
    posts(2, { one: 1 }),
    posts(3, { one: 500_000_000, two: 310_000_000 }),
  );
  expect(facts.figures.get('post_impressions')?.value).toBe(183_000_000);
  expect(facts.others.map(({ of, figures }) => [of, figures.get('post_impressions')?.value])).toEqual([
    ['one', 500_000_000],
    ['two', 310_000_000],
  ]);
  const found = checkClaim('about 1 billion listeners', facts);
  expect('verdict' in found && found.verdict).toMatchObject({
    ...{ verdict: 'sum-of-unlike', sum: 993_000_000 },
    components: [
      { of: 'one', value: 500_000_000, entry: 2 },
      { of: 'two', value: 310_000_000, entry: 2 },
      { of: 'hall', value: 183_000_000, entry: 0 },
    ],
  });
});

test('posts that are nonsense are left out', () => {
  const odd = [null, { of: 3 }, { of: 'a', total: { post_impressions: figure(-1) } }];
  expect(
    factsOf(minute(1, 0, { visits: figure(1) }), { ...place(2), kind: 'posts', posts: odd }).others,
  ).toEqual([]);
  expect(factsOf(minute(1, 0, { visits: figure(1) }), { ...place(2), kind: 'posts' }).others).toEqual([]);
});

test('final figures outrank later minutes, but for what grows when a room is over', () => {
  const counted = { peak_concurrent: figure(90), replay_listens: figure(1), post_impressions: figure(7) };
  const final = { ...counted, peak_concurrent: figure(88) };
  const later = { ...counted, replay_listens: figure(50), post_impressions: figure(9) };
  const { figures } = factsOf(
    minute(1, 0, counted),
    { ...place(2), kind: 'final', at: 0, total: final, excluded: {}, differences: [] },
    minute(3, 9, later),
  );
  expect(figures.get('peak_concurrent')).toMatchObject({ value: 88, entry: 1 });
  expect(figures.get('replay_listens')).toMatchObject({ value: 50, entry: 2 });
  expect(figures.get('post_impressions')).toMatchObject({ value: 9, entry: 2 });
});
