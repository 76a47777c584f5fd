import { describe, expect, test } from 'vitest';
import { files, imports, isTest, type Source } from './tree.ts';

/** What each part of src may import besides itself; the faces of parts, and any file of the open ones. */
const ALLOWED: Record<string, readonly string[]> = {
  base: [],
  wire: ['base'],
  http: ['base', 'wire'],
  config: ['base', 'wire'],
  bus: ['base', 'wire'],
  store: ['base', 'wire'],
  // Voice: no part imports another, nor the store, nor people.
  stage: ['base', 'wire', 'http'],
  mixer: ['base', 'wire'],
  packager: ['base', 'wire'],
  origin: ['base', 'wire', 'http'],
  archive: ['base', 'wire'],
  // Crowd: the door is stateless, and each of these knows neither the others nor people.
  door: ['base', 'wire', 'http'],
  ladder: ['base', 'wire'],
  queue: ['base', 'wire', 'http'],
  edge: ['base', 'wire', 'http'],
  crowd: ['base', 'wire', 'http'],
  // People.
  room: ['base', 'wire', 'http', 'store'],
  // What joins them.
  supervisor: ['base'],
  role: 'base wire http config bus store stage mixer packager origin archive door ladder queue edge room'.split(
    ' ',
  ),
  main: ['base', 'config', 'role', 'roles', 'supervisor'],
  roles: ['base', 'config', 'role'],
  cli: 'base wire http config role roles main supervisor stage archive edge crowd store'.split(' '),
};

/** Parts without a single face: small files of nouns and rules that all share, and the joints of the roles. */
const OPEN: ReadonlySet<string> = new Set(['base', 'wire', 'role', 'main', 'roles']);

/** What each folder of web may import besides itself. */
const WEB: Record<string, readonly string[]> = {
  player: [],
  capture: [],
  kit: [],
  listen: ['kit', 'player'],
  studio: ['kit', 'capture', 'player'],
};

const sources = files(['src'], /\.tsx?$/).filter(({ path }) => !isTest(path));
const pages = files(['web'], /\.tsx?$/).filter(({ path }) => !isTest(path));
const partOf = (path: string): string => path.split('/')[1]?.replace(/\.ts$/, '') ?? '';

/** Imports that `allowed` does not let through, as `file → target`. */
const offences = (list: readonly Source[], allowed: (from: string, target: string) => boolean): string[] =>
  list.flatMap((source) =>
    imports(source)
      // The version is in package.json alone.
      .filter(({ own, target }) => own && target !== 'package.json' && !allowed(source.path, target))
      .map(({ target }) => `${source.path} → ${target}`),
  );

describe('directions', () => {
  test('every folder of src is known here', () => {
    expect([...new Set(sources.map(({ path }) => partOf(path)))].filter((part) => !ALLOWED[part])).toEqual(
      [],
    );
  });

  test('a part imports only what DESIGN lets it import', () => {
    const allowed = (from: string, target: string): boolean =>
      target.startsWith('src/') &&
      (partOf(from) === partOf(target) || (ALLOWED[partOf(from)] ?? []).includes(partOf(target)));
    expect(offences(sources, allowed)).toEqual([]);
  });

  test('a part is imported by its face alone', () => {
    const allowed = (from: string, target: string): boolean =>
      partOf(from) === partOf(target) ||
      OPEN.has(partOf(target)) ||
      target === `src/${partOf(target)}/index.ts`;
    expect(offences(sources, allowed)).toEqual([]);
  });

  test('pages import of the server only what travels and the units of time', () => {
    const allowed = (from: string, target: string): boolean => {
      if (target.startsWith('src/')) return target.startsWith('src/wire/') || target === 'src/base/time.ts';
      const [mine, theirs] = [partOf(from), partOf(target)];
      return target.startsWith('web/') && (mine === theirs || (WEB[mine] ?? []).includes(theirs));
    };
    expect(offences(pages, allowed)).toEqual([]);
  });

  test('no file imports itself by way of others', () => {
    const graph = new Map(
      [...sources, ...pages].map((source) => [
        source.path,
        imports(source)
          .filter(({ own, typeOnly }) => own && !typeOnly)
          .map(({ target }) => target),
      ]),
    );
    const done = new Set<string>();
    const rings: string[] = [];
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) rings.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path) || trail.includes(path)) return;
      for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) walk(path, []);
    expect(rings).toEqual([]);
  });

  test('the reader of imports sees each way of importing, and none in comments', () => {
    const text = `
import './a.ts';
import { b } from './b.ts';
import type { C } from './c.ts';
export * from './d.ts';
export { e,
  f } from './e.ts';
const g = await import('./g.ts');
// import './no.ts';
/* import './no.ts'; */
import { h } from 'node:fs';`;
    const found = imports({ path: 'src/x/y.ts', text });
    expect(found.map(({ target }) => target.replace('src/x/', ''))).toEqual(
      'a.ts b.ts c.ts d.ts e.ts g.ts node:fs'.split(' '),
    );
    expect(found.filter(({ typeOnly }) => typeOnly)).toHaveLength(1);
  });
});
