import { expect, test } from 'vitest';
import { files, isTest } from './tree.ts';

const MOST_LINES = 120;

const door = files(['src/door'], /\.ts$/).filter(({ path }) => !isTest(path));

test('no socket carries marks of ours: what is known of a connection is a field of its Connection', () => {
  expect(door.filter(({ text }) => text.includes('Symbol(')).map(({ path }) => path)).toEqual([]);
  expect(door.filter(({ text }) => /new Weak(Map|Set)<Socket\b/.test(text)).map(({ path }) => path)).toEqual(
    [],
  );
  const fields = door
    .filter(({ text }) => /\bextends Given\b|return given\b/.test(text))
    .map(({ path }) => path);
  expect(fields).toEqual(['src/door/socket/connection.ts']);
});

/** Functions and methods with their number of lines, from the indentation at their beginning and end. */
function functions(text: string): { readonly name: string; readonly lines: number }[] {
  const all = text.split('\n');
  return all.flatMap((line, from) => {
    const found =
      /^(?:export )?(?:async )?function\*? (\w+)/.exec(line) ??
      /^( {2})(?:(?:static|async|get|set) )*(#?\w+)\(.*[({]$/.exec(line);
    if (!found) return [];
    const close = found.length > 2 ? '  }' : '}';
    const to = all.indexOf(close, from);
    return to < 0 ? [] : [{ name: found.at(-1) ?? '', lines: to - from + 1 }];
  });
}

test(`no function of the door is longer than ${MOST_LINES} lines`, () => {
  const long = door.flatMap(({ path, text }) =>
    functions(text)
      .filter(({ lines }) => lines > MOST_LINES)
      .map(({ name, lines }) => `${path}: ${name} ${lines}`),
  );
  expect(long).toEqual([]);
  expect(door.flatMap(({ text }) => functions(text)).length).toBeGreaterThan(200);
});
