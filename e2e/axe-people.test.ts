/** Accounts, moderation and the operator's pages, as axe-core sees them: all without scripts, as forms bring them about. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openAll, send, startWalkedServer, stopsAt, type WalkedServer } from './rig/walked-server.ts';

/** Several times what it takes on two idle processors. */
const LIMIT_MS = 400_000;
const PASSWORD = 'seven quiet otters';
const BEA = 'bea@rooms.example';

/** Who is on the way: the operator, and somebody whom they invite. */
interface People extends WalkedServer {
  readonly ana: Page;
  readonly bea: Page;
}

async function signUp({ walk, server, ana, bea }: People): Promise<void> {
  const known = { 'E-mail address': 'ana@rooms.example', Password: PASSWORD };
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  await walk.visit(ana, { what: 'sign-up, invited', path: first, closely: true });
  await send(ana, 'Make an account', { 'Your name': 'Ana', ...known });
  await walk.look('sign-up, done', ana);
  await walk.visit(ana, { what: 'sign-up, used', path: first });
  await walk.visit(ana, { what: 'sign-in', path: '/sign-in', closely: true });
  await send(ana, 'Sign in', { ...known, Password: 'not the password' });
  await walk.look('sign-in, refused', ana);
  await send(ana, 'Sign in', known);
  await walk.visit(bea, { what: 'a new password', path: '/reset' });
  await send(bea, 'Send the link', { 'E-mail address': BEA });
  await walk.look('a new password, sent', bea);
  await walk.visit(bea, { what: 'a new password, link used', path: '/reset?token=none' });

  await ana.goto(`${server.url}/operate/accounts`);
  await send(ana, 'Invite', { 'E-mail address': BEA, Role: 'host' });
  await openAll(ana);
  await walk.look('accounts, somebody invited, mail waits', ana, { closely: true });
  await bea.goto(await ana.locator('.secret').innerText());
  await walk.look('sign-up, invited by mail', bea);
  await send(bea, 'Make an account', { 'Your name': 'Bea', Password: PASSWORD });
  await walk.look('sign-up, done, invited by mail', bea);
  await ana.goto(`${server.url}/operate/accounts`);
  const proof = /\/verify-email\?token=\S+/.exec((await ana.locator('pre').allTextContents()).join('\n'));
  await walk.visit(bea, { what: 'address, to confirm', path: proof?.[0] ?? '' });
  await send(bea, 'Confirm', { Password: 'not the password' });
  await walk.look('address, a wrong password', bea);
  await send(bea, 'Confirm', { Password: PASSWORD });
  expect(new URL(bea.url()).pathname).toBe('/account');
}

/** An account with everything on its page, and what only operators see. */
async function ownAccount({ walk, server, api, made, bea }: People): Promise<void> {
  const started = await bea.request.post(`${server.url}/api/rooms`, {
    headers: { origin: server.url },
    data: { title: 'The room of Bea', host: 'Bea', slug: 'bea' },
  });
  expect(started.status()).toBe(201);
  await made('next');
  await api('POST', '/api/rooms/next/invitations', { who: BEA, role: 'guest' });
  await bea.goto(`${server.url}/account`);
  await send(bea, 'Make a token', { 'What it is for': 'A bot', 'Your password now': PASSWORD });
  await bea.locator('.secret').waitFor();
  await walk.look('account, invited to a room, a token made', bea, { closely: true });
  await send(bea, 'Make a token', { 'What it is for': 'A bot', 'Your password now': 'wrong' });
  await walk.look('account, a wrong password', bea);
  for (const path of ['/operate/accounts', '/operate/server', '/operate/reports'])
    await walk.visit(bea, { what: `${path}, no operator`, path });
}

/** A report, what is decided, the notice, the objection. Returns the address of the notice. */
async function moderation({ walk, server, ana, tabs }: People): Promise<string> {
  const [zoe] = (await tabs(1)) as [Page];
  await walk.visit(zoe, { what: 'report', path: '/r/next/report', closely: true });
  await send(zoe, 'Send the report', { 'What is wrong': 'other' });
  await walk.look('report, words missing', zoe);
  await send(zoe, 'Send the report', {
    'What is wrong': 'spam',
    'In your own words': 'It is an advertisement',
  });
  await walk.look('report, sent', zoe);
  await walk.visit(ana, { what: 'desk, a report', path: '/operate/reports', closely: true });
  await send(ana, 'Suspend the account', { Reason: 'Advertising', 'E-mail address of the account': BEA });
  await walk.look('desk, somebody suspended', ana);
  const notice = (await ana.locator('a[href^="/notice/"]').first().getAttribute('href')) ?? '';
  await walk.visit(zoe, { what: 'notice', path: notice });
  await send(zoe, 'Send the objection', { 'Why it is wrong': 'It was a quotation' });
  await walk.look('notice, objected', zoe);
  await walk.visit(ana, { what: 'desk, an objection', path: '/operate/reports' });
  await ana.goto(`${server.url}/operate/words`);
  await send(ana, 'Add', { 'Name of the rule': 'insults', 'Word, words in a row': 'twerp*' });
  await walk.look('words, a rule', ana);
  return notice;
}

/** What is left to somebody suspended, and of somebody erased. */
async function farewell({ walk, server, bea }: People): Promise<void> {
  await bea.goto(`${server.url}/sign-in`);
  await send(bea, 'Sign in', { 'E-mail address': BEA, Password: PASSWORD });
  await walk.look('sign-in, suspended', bea);
  await bea.getByRole('link', { name: 'What is stored about you' }).click();
  await bea.getByRole('button', { name: 'Erase for good' }).waitFor();
  await walk.look('data of somebody suspended', bea);
  await send(bea, 'Erase for good');
  await walk.look('account, erased', bea);
  await walk.visit(bea, { what: 'room, its host erased their account', path: '/r/bea' });
}

test(
  'no page of accounts, of moderation or for operators has a fault that axe can see',
  async () => {
    await using walked = await startWalkedServer();
    const [[ana, more], [bea]] = (await Promise.all([walked.tabs(2), walked.tabs(1)])) as [Page[], Page[]];
    const people = { ...walked, ana, bea } as People;
    await signUp(people);
    await ownAccount(people);
    const notice = await moderation(people);
    const replace = (example: string): string =>
      example.replace(/\/notice\/\w+/, notice).replace('hall', 'next');
    await farewell(people);
    // What a stranger is shown as well, the test of the studio looks at.
    await walked.pagesOfTable(bea as Page, replace);
    const paths = await walked.pagesOfTable(ana as Page, replace);
    expect(paths).toEqual(expect.arrayContaining(['/account', '/operate/server', '/operate/audit']));
    await walked.walk.visitAll([ana, more] as Page[], stopsAt(paths, 'the operator'));
    expect(walked.walk.faults).toEqual([]);
  },
  LIMIT_MS,
);
