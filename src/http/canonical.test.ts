import { expect, test } from 'vitest';
import { ADDRESSES, canonical, find, stepsAside } from './index.ts';

test.each([
  ['/r/Town-Hall', '/r/town-hall'],
  ['/R/town-hall', '/r/town-hall'],
  ['/R/TOWN-HALL/STUDIO/', '/r/town-hall/studio'],
  ['/r/town-hall/', '/r/town-hall'],
  ['/r/town-hall//', '/r/town-hall'],
  ['//r//town-hall', '/r/town-hall'],
  ['/r/town-hall.', '/r/town-hall'],
  ['/r/town-hall,', '/r/town-hall'],
  ['/r/town-hall).', '/r/town-hall'],
  ['/r/town-hall%22', '/r/town-hall'],
  ['/r/town-hall%3E', '/r/town-hall'],
  ['/r/town-hall%20', '/r/town-hall'],
  ['/r/town-hall%E2%80%9D.', '/r/town-hall'],
  ['/r/town-hall%C2%A0', '/r/town-hall'],
  ['/r/town-hall%E2%80%A6', '/r/town-hall'],
  ['/r/town-hall%E3%80%82', '/r/town-hall'],
  ['/r/town%E2%80%91hall', '/r/town-hall'],
  ['/r/%74own-hall', '/r/town-hall'],
  ['/%72/town-hall', '/r/town-hall'],
  ['/r%2Ftown-hall', '/r/town-hall'],
  ['/r/town-hall/Stream', '/r/town-hall/stream'],
  ['/r/town-hall/radio.MP3', '/r/town-hall/radio.mp3'],
  ['/r/town-hall/Live/Opus64/12.M4S', '/r/town-hall/live/opus64/12.m4s'],
  ['/r/town-hall/replay.m4a.', '/r/town-hall/replay.m4a'],
  ['/r/town-hall/event.ICS', '/r/town-hall/event.ics'],
  ['/r/town-hall/whip/', '/r/town-hall/whip'],
  ['/r/Town-Hall/whip/aBc_1/', '/r/town-hall/whip/aBc_1'],
  ['/HEALTHZ', '/healthz'],
  ['/healthz/', '/healthz'],
  ['/Errors/', '/errors'],
  ['/OpenAPI.json', '/openapi.json'],
  ['//', '/'],
  ['/,', '/'],
])('%s is meant as %s', (written, meant) => {
  expect(canonical(written)).toBe(meant);
  expect(find(meant)).toBeDefined();
});

test('a path in canonical form, or of no address, is left alone', () => {
  for (const { examples } of ADDRESSES) for (const path of examples) expect(canonical(path)).toBeUndefined();
  for (const path of [
    ...['/nothing', '/r/', '/r', '/r/town hall', '/r/town-hall/nothing', '/r/%ff', '/r/%', '/r/%2574own'],
    ...[
      '/r/town-hall/..',
      '/r/../',
      '/_/Main-a1.js/',
      '/_/a.js%00.txt',
      '/api/Rooms/',
      'r/hall',
      `/${'a/'.repeat(300)}`,
    ],
    ...['/r/town-hall%00', '/r/a%0d%0ab', '/r/x%2f%2e%2e%2fy/'],
  ])
    expect([path, canonical(path)]).toEqual([
      path,
      path.startsWith('/r/town-hall%') ? '/r/town-hall' : undefined,
    ]);
});

test('whatever the path, its canonical form stays on this server', () => {
  for (const path of [
    '//evil.example',
    '/\\evil.example',
    '//evil.example/r/hall',
    '/%2f/evil.example',
    '/.//r/hall',
  ])
    expect(canonical(path) ?? '/').toMatch(/^\/(?![/\\])/);
});

test.each([
  ...[
    '/r/a/whip/../../../metrics',
    '/r/a/whip/%2e%2e/%2e%2e/metrics',
    '/r/a/whip/.%2e/metrics',
    '/r/a/./whip',
  ],
  ...[
    '/r/a/whip/%252e%252e/metrics',
    '/r/a/whip/%25252e%25252e/x',
    '/r/a/whip/..\\..\\metrics',
    '/r/a/..%5cmetrics',
  ],
  ...[
    '/r/a/whip/..%2f..%2fmetrics',
    '/r/a/whip/%2E%2e%2Fx',
    '/..',
    '/.',
    '/r/..',
    '/r/a/..;/metrics',
    '/%2e',
    '/api/..',
  ],
  ...['/r/a/%5c..%5cmetrics', '/r/a/whip/%2525252525252e/x'],
])('%s steps aside', (path) => {
  expect(stepsAside(path)).toBe(true);
});

test('dots within names do not leave the folder', () => {
  for (const { examples } of ADDRESSES)
    for (const path of examples) expect([path, stepsAside(path)]).toEqual([path, false]);
  for (const path of ['/.well-known/x', '/r/a...', '/r/a.b/..c', '/...', '/_/a..js'])
    expect(stepsAside(path)).toBe(false);
});
