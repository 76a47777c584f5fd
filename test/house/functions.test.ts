import { parseAst } from 'rolldown/parseAst';
import { expect, test } from 'vitest';
import { files, isTest, type Source } from './tree.ts';

const LIMIT = 120;

/** What of a syntax tree is looked at here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly id?: { readonly name?: string } | null;
  readonly key?: { readonly name?: string };
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value;

/** Each function of a source with its lines, named by itself or by what it is assigned to. */
function functions({ path, text }: Source): { readonly name: string; readonly lines: number }[] {
  const found: { readonly name: string; readonly lines: number }[] = [];
  const walk = (value: unknown, name: string): void => {
    if (Array.isArray(value)) for (const each of value) walk(each, name);
    if (!isNode(value)) return;
    const own = value.id?.name ?? value.key?.name ?? name;
    if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(value.type))
      found.push({ name: own, lines: text.slice(value.start, value.end).split('\n').length });
    for (const [key, child] of Object.entries(value))
      if (key !== 'type') walk(child, value.type.startsWith('Call') ? `argument of ${own}` : own);
  };
  walk(parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }).body, 'no name');
  return found;
}

test(`no function is longer than ${LIMIT} lines`, () => {
  const sources = files(['src', 'web'], /\.tsx?$/).filter(({ path }) => !isTest(path));
  const long = sources.flatMap((source) =>
    functions(source)
      .filter(({ lines }) => lines > LIMIT)
      .map(({ name, lines }) => `${source.path} ${name}: ${lines}`),
  );
  expect(long).toEqual([]);
});

test('the reader of functions sees declarations, arrows and methods', () => {
  const text = `
function a() {}
const b = () => {
  1;
};
class C {
  d(): void {}
}
use(() => {});
const e = { f: async () => {} };`;
  expect(functions({ path: 'x.ts', text })).toEqual([
    { name: 'a', lines: 1 },
    { name: 'b', lines: 3 },
    { name: 'd', lines: 1 },
    { name: 'argument of no name', lines: 1 },
    { name: 'f', lines: 1 },
  ]);
});
