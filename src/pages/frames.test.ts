import { expect, test } from 'vitest';
import { accountFrame, socialFrame } from './index.ts';

const MANIFEST = {
  'web/people/theme.ts': { file: 'theme-1.js' },
  'web/people/passkeys.ts': { file: 'passkeys-1.js' },
  'web/people/people.css': { file: 'people-1.css' },
};
const scripts = (page: string): string[] =>
  [...page.matchAll(/<script[^>]*src="([^"]*)"/g)].map(([, at]) => at ?? '');

test('pages of accounts and of posts load the script that applies the chosen theme, and none inline', () => {
  const account = accountFrame(MANIFEST)('en', { title: 'Account', main: '<main></main>' });
  expect(scripts(account)).toEqual(['/_/theme-1.js', '/_/passkeys-1.js']);
  const page = { title: 'Posts', about: 'Posts', path: '/posts', main: '<main></main>' };
  // Whoever is signed in finds the ways to their other pages, and where they are; on the page to sign in there are none.
  const own = accountFrame(MANIFEST)('fr', {
    title: 'x',
    main: '<main class="page"><h1>x</h1></main>',
    own: '/account',
  });
  expect(own).toMatch(
    /<main class="page"><nav[^>]*>.*href="\/notifications">Notifications.*"\/account" aria-current="page">Votre compte.*<\/nav><h1>/,
  );
  expect(own).not.toContain('Notifications (');
  for (const [unseen, says] of [
    [3, 'Notifications (3)'],
    [100, 'Notifications (99+)'],
  ] as const)
    expect(
      accountFrame(MANIFEST)('en', { title: 'x', main: '<main></main>', own: '/account', unseen }),
    ).toContain(says);
  expect(account).not.toContain('/following');
  const social = socialFrame(MANIFEST, '')('fr', page);
  expect(scripts(social)).toEqual(['/_/theme-1.js']);
  for (const html of [account, social]) expect(html.match(/<script/g)?.length).toBe(scripts(html).length);
});
