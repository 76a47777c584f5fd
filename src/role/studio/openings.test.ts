import { expect, test } from 'vitest';
import { openInTurn } from './openings.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('rooms open one after the other while others are on, and together where nothing is', async () => {
  let on = 0;
  const begun: string[] = [];
  const finish = new Map<string, (error?: Error) => void>();
  const inTurn = openInTurn(() => on > 0);
  const open = (slug: string): Promise<void> =>
    inTurn(
      () =>
        new Promise((resolve, reject) => {
          begun.push(slug);
          finish.set(slug, (error) => (error ? reject(error) : resolve()));
        }),
    );
  const first = [open('a'), open('b')];
  await turn();
  expect(begun).toEqual(['a', 'b']);
  on = 1;
  const later = [open('c'), open('d')];
  finish.get('a')?.();
  await turn();
  expect(begun).toEqual(['a', 'b']);
  finish.get('b')?.();
  await turn();
  expect(begun).toEqual(['a', 'b', 'c']);
  // One that fails keeps nobody.
  finish.get('c')?.(new Error('no encoder'));
  await expect(later[0]).rejects.toThrow();
  await turn();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  finish.get('d')?.();
  await Promise.all([...first, later[1]]);
});
