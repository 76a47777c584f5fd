import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { linkOf, studioAddress, takeToken, tokenFields } from './link.ts';

const encode = (claims: object) =>
  `e.${btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(claims))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')}.${'s'.repeat(43)}`;

test('a link states who and where, in letters of any language', () => {
  const token = encode({ role: 'host', sub: 'a1', name: 'Zoë 日本', room: 'night-talk' });
  expect(linkOf('/r/night-talk/studio', token, 0)).toEqual({
    slug: 'night-talk',
    token,
    role: 'host',
    id: 'a1',
    name: 'Zoë 日本',
  });
  expect(linkOf('/r/night-talk/studio', undefined, 0)).not.toHaveProperty('token');
  expect(linkOf('/r/night-talk/studio', undefined, 0)).not.toHaveProperty('flaw');
  for (const torn of ['torn', '', token.slice(0, 12)]) {
    expect(linkOf('/r/x/studio', torn, 0)).not.toHaveProperty('token');
    expect(linkOf('/r/x/studio', torn, 0).flaw).toBe('token-invalid');
  }
  expect(tokenFields('a.!!.c')).toBeUndefined();
  expect(tokenFields(encode([1]))).toBeUndefined();
  expect(linkOf('/r/x/studio', encode({ role: 'root' }), 0).role).toBe('speaker');
  expect(linkOf('/r/x/studio', encode({ room: 'y' }), 0).flaw).toBe('token-other-room');
  for (const cut of [1, 20, 43, 44])
    expect(linkOf('/r/night-talk/studio', token.slice(0, -cut), 0).flaw).toBe('token-invalid');
  const old = encode({ room: 'x', exp: 10_000 });
  expect(linkOf('/r/x/studio', old, 90_000_000).flaw).toBeUndefined();
  expect(linkOf('/r/x/studio', old, 100_000_000).flaw).toBe('token-expired');
});

describe('the token', () => {
  const store = new Map<string, string>();
  let cleaned: number;
  const take = (pathname: string, hash = '') => takeToken({ pathname, hash }, () => (cleaned += 1));
  beforeEach(() => {
    store.clear();
    cleaned = 0;
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => store.get(key) ?? null,
      setItem: (key: string, value: string) => void store.set(key, value),
    });
  });
  afterEach(() => void vi.unstubAllGlobals());

  test('leaves the address, and a reload still has it: for this room, in this window', () => {
    expect(take('/r/a/studio', '#token=T')).toBe('T');
    expect(cleaned).toBe(1);
    expect(take('/r/a/studio')).toBe('T');
    expect(take('/r/b/studio')).toBeUndefined();
    expect(take('/r/a/studio', '#token=U')).toBe('U');
    expect(take('/r/a/studio')).toBe('U');
    expect(studioAddress('https://h', 'a', 'U')).toBe('https://h/r/a/studio#token=U');
  });

  test('stays in the address of a browser without storage: a reload would lose it', () => {
    vi.stubGlobal('sessionStorage', undefined);
    expect(take('/r/a/studio', '#token=T')).toBe('T');
    expect(cleaned).toBe(0);
    expect(take('/r/a/studio')).toBeUndefined();
  });
});
