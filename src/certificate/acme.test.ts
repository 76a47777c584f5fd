import { expect, test } from 'vitest';
import { challengeFile, subjectOf } from './acme.ts';

test('the answer to a challenge is kept under its token', () => {
  expect(challengeFile('/data/tls/challenges', 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0')).toBe(
    '/data/tls/challenges/LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0',
  );
});

test.each(['../../secret', '..', '', 'a/b', 'a\0b', 'a.b', `${'a'.repeat(129)}`])(
  'a token such as "%s" writes no file',
  (token) => {
    expect(() => challengeFile('/data/tls/challenges', token)).toThrow(/token/);
  },
);

test('the common name is the first name that fits into 64 characters, or none; all names are alternative ones', () => {
  const long = `${'a'.repeat(60)}.example.org`;
  expect(subjectOf(['rooms.example.org', long])).toEqual({
    altNames: ['rooms.example.org', long],
    commonName: 'rooms.example.org',
  });
  expect(subjectOf([long, 'b.org'])).toEqual({ altNames: [long, 'b.org'], commonName: 'b.org' });
  expect(subjectOf([long])).toEqual({ altNames: [long] });
});
