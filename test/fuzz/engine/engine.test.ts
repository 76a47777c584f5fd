/** The search itself: planted faults of every kind are found, sound code gives none, and a run repeats by its seed. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FOLDER } from './corpus.ts';
import { instrumented } from './instrument.ts';
import { Mutation, randomFrom } from './mutation.ts';
import { fuzz } from './watched.ts';

const planted = (name: string, runs: number, hangMs?: number) =>
  fuzz(
    {
      name: join(FOLDER, 'planted', `${name}.ts`),
      ...{ seed: 7, until: { runs, seconds: 120 }, keep: false },
    },
    hangMs,
  ).then(({ outcome }) => outcome);

test('a fault behind four conditions is found, and its input shows it again', async () => {
  const { finds } = await planted('magic', 300_000);
  expect(finds.map(({ what }) => what)).toEqual(['error']);
  expect(finds[0]?.text).toContain('planted');
  expect(Buffer.from(finds[0]?.input ?? []).toString('latin1')).toMatch(/^EARS 7 [0-9]+\n[\s\S]*\0\0$/);
});

test('refusals that are allowed are none', async () => {
  const { finds, inputs } = await planted('refusing', 5_000);
  expect([finds, inputs]).toEqual([[], 5_000]);
});

test('an input that is never read to its end is found from outside', async () => {
  const { finds } = await planted('endless', 100_000, 2_000);
  expect(finds.map(({ what }) => what)).toEqual(['hang']);
  expect(Buffer.from(finds[0]?.input ?? []).includes(0x1b)).toBe(true);
});

test('a pattern that takes exponential time is found', async () => {
  const { finds } = await planted('slow', 200_000);
  expect(finds.map(({ what }) => what)).toEqual(['slow']);
});

test('a rejection that nobody waits for is found, with the input that caused it', async () => {
  const { finds } = await planted('rejecting', 5_000);
  expect(finds.map(({ what }) => what)).toEqual(['rejection']);
  expect(Buffer.from(finds[0]?.input ?? []).toString('latin1')).toContain('%');
});

test('memory that grows with every input is found', async () => {
  const { finds, heap } = await planted('keeping', 60_000);
  expect(finds.map(({ what }) => what)).toEqual(['memory']);
  expect(heap.after - heap.before).toBeGreaterThan(12_000_000);
});

test('a prototype that was changed is found', async () => {
  const { finds } = await planted('polluting', 300_000);
  expect(finds.map(({ what }) => what)).toContain('prototype');
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('the same seed gives the same inputs, another seed others', () => {
  const inputs = (seed: number): string[] => {
    const mutation = new Mutation(randomFrom(seed), { words: new Set(['word']), compared: [] }, ['x'], 100);
    const other = () => Buffer.from('another input');
    return Array.from({ length: 200 }, () =>
      mutation.of(Buffer.from('an input: 12\r\nof lines\r\n'), other).toString('hex'),
    );
  };
  expect(inputs(1)).toEqual(inputs(1));
  expect(inputs(1)).not.toEqual(inputs(2));
  expect(inputs(3).every((hex) => hex.length <= 200)).toBe(true);
  expect(new Set(inputs(3)).size).toBeGreaterThan(150);
});

test('counted code means the same as before', () => {
  const source = `
    type T = { a: 'typed' extends string ? 1 : 2 };
    const f = (x: number, { y = 3 }: { y?: number } = {}) => x > y ? { big: true } : { big: false };
    function g(list: readonly number[] | undefined): string {
      let out = '';
      for (const n of list ?? []) if (n === list?.[0]) out += 'first '; else if (n % 2) out += 'odd '; else out += 'even ';
      switch (out.length) { case 0: return 'none'; case 6: { break; } default: out += '!'; }
      do out += '.'; while (out.length < 3 && out !== 'x');
      try { if (out.startsWith('no')) throw new Error('x'); } catch { out = 'caught'; }
      const label = \`<\${out as string}>\`;
      return label;
    }
    return JSON.stringify([f(1), f(9), f(9, { y: 10 }), g(undefined), g([1, 2, 3]), g([2])]);`;
  const strip = (text: string): string =>
    text
      .replace(/type T = .*/, '')
      .replace(/: readonly number\[\] \| undefined|: number|: \{ y\?: number \}|: string| as string/g, '');
  const wrap = (text: string): string => `export const h = () => {${text}}`;
  const made = instrumented(wrap(source), 100);
  const counters = new Uint8Array(400);
  const same = (a: unknown, b: unknown): boolean => a === b;
  const run = (text: string) =>
    new Function('$fuzz', '$fuzzSame', strip(text.slice(0, -1)).replace('export const h = () => {', ''))(
      counters,
      same,
    );
  const plain = new Function(strip(source))();
  expect(run(made.text)).toBe(plain);
  expect(made.counters).toBeGreaterThan(15);
  expect(counters.slice(0, 100).every((count) => count === 0)).toBe(true);
  expect(counters.slice(100).filter((count) => count > 0).length).toBeGreaterThan(12);
  expect(made.words).toEqual(expect.arrayContaining(['first ', 'odd ', 'no', '3']));
});
