import { expect, test } from 'vitest';
import { streamAddress } from './stream-address.ts';

const WISH = {
  base: '',
  slug: 'hall',
  codec: 'opus',
  margin: 0.3,
  after: undefined,
  ticket: undefined,
} as const;

test('a newcomer asks for a new session, and names it when it comes back', () => {
  expect(streamAddress(WISH, { place: 'live', behind: 0 })).toBe(
    '/r/hall/stream?codec=opus&margin=300&session=new',
  );
  const where = { place: 'live', behind: 0, back: 'b', session: 'token' } as const;
  expect(streamAddress({ ...WISH, base: 'https://a.example', after: 7 }, where)).toBe(
    'https://a.example/r/hall/stream?codec=opus&margin=300&after=7&back=b&session=token',
  );
});

test('the place at the live edge goes before a ticket, and the delayed stream says that it was one', () => {
  const ring = { place: 'ring', behind: 30_000, seat: undefined } as const;
  expect(streamAddress({ ...WISH, after: 7, ticket: 'a b' }, ring)).toBe(
    '/r/hall/stream?codec=opus&margin=300&after=7&was=ring&ticket=a%20b&session=new',
  );
  expect(streamAddress({ ...WISH, ticket: 't' }, { ...ring, seat: 's' })).toContain('&ticket=s&');
});
