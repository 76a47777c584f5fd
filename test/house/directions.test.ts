import { describe, expect, test } from 'vitest';
import { files, imports, isTest, type Source } from './tree.ts';

/** Imports allowed to each part of src besides itself: the faces of other parts, and any file of the open ones. */
const ALLOWED: Record<string, readonly string[]> = {
  base: [],
  native: ['base'],
  media: ['base'],
  wire: ['base'],
  keys: ['base'],
  journal: ['base'],
  http: ['base', 'wire'],
  // The parts of forms, and the answers of pages that have some.
  form: ['base', 'http'],
  config: ['base', 'wire'],
  bus: ['base', 'wire'],
  store: ['base', 'wire'],
  // What every part of the API does the same way.
  api: ['base', 'wire', 'http', 'store'],
  certificate: ['base'],
  plan: ['base', 'wire'],
  // Pages shown by doors; they know figures and states, and no part.
  pages: ['base', 'wire', 'words', 'plan', 'feeds'],
  // Writers of feeds and calendars; they know texts, times and zones.
  feeds: ['base', 'wire'],
  // What figures are called, on pages that the server writes and on those that scripts do.
  words: ['wire'],
  // Voice: no part imports another, nor the store, nor people.
  stage: ['base', 'media', 'wire', 'keys', 'http'],
  mixer: ['base', 'media', 'wire'],
  packager: ['base', 'media', 'wire'],
  origin: ['base', 'media', 'wire', 'http', 'feeds'],
  archive: ['base', 'media', 'wire', 'journal'],
  // The music for when nobody speaks; the same code mixes and packages it once.
  standby: ['base', 'media', 'wire', 'mixer', 'packager', 'room'],
  // Crowd: the door is stateless, and each of these imports neither the others nor the people parts.
  door: ['base', 'native', 'media', 'wire', 'keys', 'http', 'certificate', 'pages', 'feeds'],
  ladder: ['base', 'wire', 'journal'],
  queue: ['base', 'wire', 'keys', 'http', 'journal'],
  edge: ['base', 'wire', 'http'],
  // Cards as pixels; of what they say it knows nothing.
  picture: ['base'],
  backup: ['base', 'store'],
  rehearsal: ['base', 'media', 'wire', 'keys', 'http', 'journal'],
  // Truth: what was heard, what was written down of it, and what people say about it. Nobody waits for them.
  audience: ['base', 'wire', 'keys', 'http', 'journal'],
  evidence: ['base', 'wire', 'keys', 'http', 'journal'],
  claims: ['base', 'wire', 'http', 'journal', 'api'],
  // Pure functions over the lines of a log.
  verdict: ['base'],
  incident: ['base', 'wire', 'http', 'journal', 'verdict', 'outgoing'],
  // Serves files, and knows nothing of who wrote them.
  press: ['base'],
  // One file that outsiders read, and that needs nothing of the rest.
  verifier: ['wire'],
  // Sound never waits for an account: no part of voice or crowd knows this one.
  identity: ['base', 'wire', 'keys', 'http', 'form', 'store', 'api'],
  // People.
  room: ['base', 'wire', 'keys', 'http', 'store', 'api', 'feeds'],
  // What the audience says back, beside the stage; it knows no account.
  interaction: ['base', 'wire', 'keys', 'http'],
  // Beside recordings, of which it knows only what people add to them.
  replay: ['base', 'wire', 'keys', 'http', 'api'],
  // What is decided about people, rooms and clips; it reaches them through functions that it is given.
  moderation: ['base', 'wire', 'http', 'form', 'store', 'api'],
  // Posts know who writes them and which room they show by functions that they are given.
  social: ['base', 'wire', 'http', 'form', 'store', 'api', 'image'],
  // Files and rows of images; what they are shown with is not its matter.
  image: ['base', 'store'],
  // How a room reaches people who are not there: reminders, feeds, calendars, what is expected of it.
  syndication: [
    'base',
    'wire',
    'keys',
    'http',
    'form',
    'store',
    'api',
    'outgoing',
    'social',
    'image',
    'feeds',
    'plan',
  ],
  // The one way to an address that a person gave.
  outgoing: ['base'],
  // How links look elsewhere: of rooms and posts it is told what they show.
  preview: ['base', 'wire', 'http', 'pages'],
  // The parts that connect the others.
  supervisor: ['base', 'certificate', 'keys'],
  role: 'base native media wire keys journal http config bus store api backup certificate pages feeds picture stage mixer packager origin archive standby door ladder queue edge room identity interaction replay moderation social image preview syndication outgoing audience evidence claims incident press verdict'.split(
    ' ',
  ),
  main: ['base', 'certificate', 'config', 'journal', 'keys', 'role', 'roles', 'supervisor'],
  roles: ['base', 'config', 'role'],
  cli: 'base native media wire keys journal http config certificate plan role roles main supervisor stage archive edge rehearsal store backup door audience evidence claims incident verifier verdict words'.split(
    ' ',
  ),
};

/** Parts without a single face: small files of types and rules that all share, and the joints of the roles. */
const OPEN: ReadonlySet<string> = new Set([
  ...['base', 'native', 'media', 'wire', 'keys', 'words'],
  // Several processes load one file of each; a face would load all of them everywhere.
  ...['certificate', 'standby'],
  ...['role', 'main', 'roles'],
  // Doors count requests with it, and must not load what judges them.
  'verdict',
  // Doors read files of images, and must not load what makes them.
  'image',
]);

/** Imports allowed to each folder of web besides itself. */
const WEB: Record<string, readonly string[]> = {
  player: ['kit'],
  capture: ['kit'],
  kit: [],
  audience: ['kit', 'player'],
  listen: ['kit', 'player', 'audience', 'capture'],
  studio: ['kit', 'capture', 'player', 'audience'],
  numbers: ['kit'],
  verify: ['kit'],
  operate: ['kit'],
  people: [],
};

const sources = files(['src'], /\.tsx?$/).filter(({ path }) => !isTest(path));
const pages = files(['web'], /\.tsx?$/).filter(({ path }) => !isTest(path));
const partOf = (path: string): string => path.split('/')[1]?.replace(/\.ts$/, '') ?? '';

/** Imports that `allowed` does not permit, as `file → target`. */
const offences = (list: readonly Source[], allowed: (from: string, target: string) => boolean): string[] =>
  list.flatMap((source) =>
    imports(source)
      // The version is only in package.json.
      .filter(({ own, target }) => own && target !== 'package.json' && !allowed(source.path, target))
      .map(({ target }) => `${source.path} → ${target}`),
  );

/** Ways that lead from a file back to itself along its imports, those of types included; one for each cycle. */
function cycles(list: readonly Source[]): string[] {
  const graph = new Map(
    list.map((source) => [
      source.path,
      imports(source)
        .filter(({ own }) => own)
        .map(({ target }) => target),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return found;
}

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
      if (target.startsWith('src/'))
        return /^src\/(?:wire|words)\//.test(target) || target === 'src/base/time.ts';
      const [mine, theirs] = [partOf(from), partOf(target)];
      return target.startsWith('web/') && (mine === theirs || (WEB[mine] ?? []).includes(theirs));
    };
    expect(offences(pages, allowed)).toEqual([]);
  });

  test('the stations of a part stand in one direction', () => {
    const parts = ['door', 'stage', 'origin', 'cli', 'role', 'rehearsal', 'studio'];
    const inside = [...sources, ...pages].filter(
      ({ path }) => parts.includes(partOf(path)) && path.split('/').length > 3,
    );
    const stationOf = (path: string): string => path.split('/').slice(0, -1).join('/');
    const arrows = new Set(
      inside.flatMap((source) =>
        imports(source)
          .filter(({ own, target }) => own && inside.some(({ path }) => path === target))
          .map(({ target }) => `${stationOf(source.path)} → ${stationOf(target)}`),
      ),
    );
    const both = [...arrows].filter((arrow) => {
      const [from, to] = arrow.split(' → ');
      return from !== to && arrows.has(`${to} → ${from}`);
    });
    expect(both).toEqual([]);
  });

  test('no file imports itself by way of others, not even for types', () => {
    expect(cycles(sources)).toEqual([]);
    expect(cycles(pages)).toEqual([]);
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
