import { expect, it } from 'vitest';
import { doorPage, openPage } from './page.ts';
import { pageWords } from './page-words.ts';

it('pages of the line link to the home page, and their buttons keep apart where they wrap', () => {
  const words = pageWords('en');
  for (const page of [openPage('room', 'A room', words), doorPage('room', 'A room', words)])
    expect(page).toContain('<header><a class="home" href="/">Earshot</a></header>');
  const page = openPage('room', 'A room', words);
  expect(page).toMatch(/<p class="row"><a class="button"[^>]*>[^<]*<\/a> <a class="button"/);
  expect(page).toMatch(/\.row\{[^}]*gap:12px/);
});
