import { describe, expect, test } from 'vitest';
import { files, isTest } from '../../test/house/tree.ts';
import { ADDRESSES, allowed, cachedAs, examplesOf, find, sourceOf, takes } from './index.ts';
import { compile } from './pattern.ts';

describe('the table of addresses', () => {
  test('each example is found as its own row, with its room', () => {
    for (const { id, pattern, examples } of ADDRESSES) {
      expect([id, examples.length > 0]).toEqual([id, true]);
      for (const path of examples) {
        const found = find(path);
        expect([path, found?.address.id, found?.room]).toEqual([
          path,
          id,
          pattern.includes(':room') ? 'hall' : '',
        ]);
      }
    }
  });

  test('names are unique, and a row says nothing that cannot be', () => {
    expect(new Set(ADDRESSES.map(({ id }) => id)).size).toBe(ADDRESSES.length);
    for (const address of ADDRESSES) {
      const { id, methods, body = 0, cache, shared, endless, owner } = address;
      const writes = methods.some((method) => /^P/.test(method));
      expect([id, body > 0]).toEqual([id, writes]);
      // Only what everybody may read is kept or shared.
      if (cache || shared || endless) expect([id, address.cors, methods]).toEqual([id, 'reads', ['GET']]);
      if (shared || endless) expect([id, owner]).toEqual([id, 'origin']);
    }
  });

  test('a path in another spelling is not found', () => {
    for (const path of [
      ...[
        '',
        'r/hall',
        '//',
        '/R/hall',
        '/r/Hall',
        '/r/hall/',
        '/r//hall',
        '/r/hall/stream/',
        '/r/',
        '/r/h%61ll',
      ],
      ...['/r/hall/radio.ogg', '/r/hall/state.json;x', '/r/hall/STREAM', '/api/', '/api/rooms/../x'],
      ...['/api/rooms/%2e%2e/x', '/r/hall/whip/../../x', '/r/hall/whip/a/b', '/healthz/', '/rooms.json\n'],
      ...['/__proto__', '/constructor', '/r/__proto__/stream', `/r/${'a'.repeat(65)}`],
    ])
      expect([path, find(path)?.address.id]).toEqual([path, undefined]);
  });

  test('playlists of every codec are cached alike', () => {
    for (const file of [
      'live/main',
      'live/opus',
      'live/slow',
      'live/opus.slow',
      'replay/main',
      'replay/opus',
    ])
      expect([file, find(`/r/hall/${file}.m3u8`)?.address.cache]).toEqual([file, 'slow-playlist']);
  });

  test('methods follow from the row', () => {
    const stream = find('/r/hall/stream');
    const ticket = find('/r/hall/ticket');
    if (!stream || !ticket) throw new Error('not found');
    expect(allowed(stream.address)).toBe('GET, HEAD, OPTIONS');
    expect(allowed(ticket.address)).toBe('POST, DELETE, OPTIONS');
    expect(['GET', 'HEAD', 'POST', 'get', 'TRACE'].map((method) => takes(stream.address, method))).toEqual([
      ...[true, true, false, false, false],
    ]);
  });

  test('regular expressions made of rows match the same paths as the rows', () => {
    const shared = new RegExp(`^${sourceOf((row) => row.shared === true)}$`);
    for (const { examples, ...row } of ADDRESSES)
      for (const path of examples) {
        expect([path, shared.test(path)]).toEqual([path, row.shared === true]);
        if (row.cache) expect(path).toMatch(new RegExp(cachedAs(row.cache)));
      }
    expect(examplesOf(({ owner }) => owner === 'cell')).toContain('/r/hall/whip');
  });

  test('a pattern is literal text, words and choices', () => {
    expect(compile('/a.b').source).toBe('/a\\.b');
    expect(compile('/a.b').literal).toBe(true);
    expect(compile('/r/:room/x.(a|b.c)').whole.exec('/r/hall/x.b.c')?.groups?.room).toBe('hall');
    expect(compile('/r/:room/x.(a|b.c)').whole.test('/r/hall/x.bzc')).toBe(false);
    expect(() => compile('/:nothing')).toThrow('nothing is called :nothing');
  });

  test('no other file of the server writes the path of an address as a regular expression', () => {
    const elsewhere = files(['src'], /\.ts$/)
      .filter(({ path }) => !isTest(path) && !path.startsWith('src/http/'))
      .filter(({ text }) => /\\\/(?:r|api)\\\/|\^\/(?:r|api|_)\//.test(text));
    expect(elsewhere.map(({ path }) => path)).toEqual([]);
  });
});
