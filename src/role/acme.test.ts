import { expect, test } from 'vitest';
import { challengeFile } from './acme.ts';

test('the answer to a challenge is kept under its token', () => {
  expect(challengeFile('/data/tls/challenges', 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0')).toBe(
    '/data/tls/challenges/LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0',
  );
});

test.each(['../../secret', '..', '', 'a/b', 'a\0b', 'a.b', `${'a'.repeat(129)}`])(
  'a token such as "%s" writes nowhere',
  (token) => {
    expect(() => challengeFile('/data/tls/challenges', token)).toThrow(/token/);
  },
);
