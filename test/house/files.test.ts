import { expect, test } from 'vitest';
import { files, isTest } from './tree.ts';

const HARD_LIMIT = 500;
const SOFT_LIMIT = 400;
const MOST_FILES = 25;

/** Files between the limits, each with the reason why it is one file. */
const LONG: Record<string, string> = {
  'src/stage/room.ts': 'places, sessions and what is forwarded between them change together',
};

const code = files(['src', 'web', 'test', 'e2e', 'bench', 'scripts'], /\.(ts|tsx|mjs|c)$/);
const product = files(['src', 'web'], /\.tsx?$/).filter(({ path }) => !isTest(path));
const lines = (text: string): number => text.split('\n').length - 1;

test(`no file is longer than ${HARD_LIMIT} lines`, () => {
  expect(
    code.filter(({ text }) => lines(text) > HARD_LIMIT).map(({ path, text }) => `${path}: ${lines(text)}`),
  ).toEqual([]);
});

test(`a file longer than ${SOFT_LIMIT} lines says here why it is one, and no short one does`, () => {
  const long = (limit: number): string[] =>
    product.filter(({ text }) => lines(text) > limit).map(({ path }) => path);
  expect(Object.keys(LONG)).toEqual(expect.arrayContaining(long(SOFT_LIMIT)));
  // A listed file may become a little shorter without a change here.
  expect(long(SOFT_LIMIT - 25)).toEqual(expect.arrayContaining(Object.keys(LONG)));
});

test(`no style sheet is longer than ${SOFT_LIMIT} lines`, () => {
  const sheets = files(['web'], /\.css$/);
  expect(sheets.length).toBeGreaterThan(0);
  expect(sheets.filter(({ text }) => lines(text) > SOFT_LIMIT).map(({ path }) => path)).toEqual([]);
});

test(`no folder holds more than ${MOST_FILES} files: it has stations before`, () => {
  const folders = Map.groupBy(product, ({ path }) => path.split('/').slice(0, -1).join('/'));
  const large = [...folders].filter(([, list]) => list.length > MOST_FILES);
  expect(large.map(([folder, list]) => `${folder}: ${list.length}`)).toEqual([]);
});

test('no name is empty of meaning', () => {
  const empty = /(^|[/.-])(utils?|helpers?|misc|common|types|stuff|shared)([/.-]|$)/i;
  expect(code.map(({ path }) => path).filter((path) => empty.test(path))).toEqual([]);
});

test('files and folders are written like-this', () => {
  const name = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
  expect(
    code.map(({ path }) => path).filter((path) => !path.split('/').every((part) => name.test(part))),
  ).toEqual([]);
});

test('every export has its docstring', () => {
  const bare = product.flatMap(({ path, text }) => {
    const all = text.split('\n');
    return all.flatMap((line, i) => {
      const declared =
        /^export (?:async |abstract |declare )?(?:function\*?|const|let|class|interface|type) (\w+)/.exec(
          line,
        );
      if (!declared) return [];
      let above = i - 1;
      while (above >= 0 && /^\s*(\/\/.*)?$/.test(all[above] ?? '')) above--;
      return /\*\/\s*$/.test(all[above] ?? '') ? [] : [`${path}:${i + 1} ${declared[1]}`];
    });
  });
  // The second and later signatures of an overloaded function share the docstring of the first.
  const first = bare.filter((entry, i) => entry.split(' ')[1] !== bare[i - 1]?.split(' ')[1]);
  expect(first).toEqual([]);
});

test('the environment is read by the configuration alone, and only the command line ends the process', () => {
  const server = product.filter(({ path }) => path.startsWith('src/'));
  const found = (what: RegExp, where: RegExp): string[] =>
    server
      .filter(
        ({ path, text }) => !where.test(path) && what.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')),
      )
      .map(({ path }) => path);
  expect(found(/process\.env\b/, /^src\/config\//)).toEqual([]);
  expect(found(/process\.exit\s*\(/, /^src\/(cli\/|main\.ts)/)).toEqual([]);
});

test('every variable that the server reads from outside has its line in the schema', () => {
  const server = product.filter(({ path }) => path.startsWith('src/') && !path.startsWith('src/config/'));
  expect(server.filter(({ text }) => /EARSHOT_[A-Z]/.test(text)).map(({ path }) => path)).toEqual([]);
});

test('keys are derived in one place, each by the name of its purpose', () => {
  const found = product.filter(({ text }) => /\bhkdf(Sync)?\b/.test(text)).map(({ path }) => path);
  expect(found).toEqual(['src/keys/signing-keys.ts']);
});

test('what a status of a room and a delivery mean is written down once, in src/wire', () => {
  const pair = (one: string, other: string): RegExp =>
    new RegExp(`[!=]== '${one}'\\)? (?:\\|\\||&&) \\(?[\\w.?]+ [!=]== '${other}'`);
  const rules = [
    ...[pair('open', 'live'), pair('live', 'open'), pair('ended', 'cancelled'), pair('cancelled', 'ended')],
    ...[pair('queue', 'text'), /queue\|text/],
  ];
  const found = product.filter(({ text }) => rules.some((rule) => rule.test(text.replace(/\s+/g, ' '))));
  expect(found.map(({ path }) => path)).toEqual(['src/wire/delivery.ts', 'src/wire/room.ts']);
});
