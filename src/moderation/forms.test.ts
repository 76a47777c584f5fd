import { expect, test } from 'vitest';
import { moderationWords, pageAnswer } from './forms.ts';

test('pages of moderation may run our own scripts, which apply the chosen theme, and none inline or foreign', () => {
  const words = moderationWords(new Request('http://localhost/operate/reports'));
  const answer = pageAnswer({}, words, { title: 'Reports', main: '<main></main>' });
  const policy = (answer.headers.get('content-security-policy') ?? '').split('; ');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
});
