/** What users of comparable systems have reported about accounts, tried on ours. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { open as openStore, type Store } from '../store/index.ts';
import { firstInvitation, type Identity, open } from './index.ts';

const ORIGIN = 'https://rooms.example';
const SECRET = new Uint8Array(32).fill(9);
const PASSWORD = 'seven quiet otters';
const clock = manualClock(epochMs(Date.now()));
let store: Store;
let identity: Identity;
let links: string[];
beforeEach(async () => {
  links = [];
  store = await openStore({ url: 'sqlite::memory:' });
  identity = await open({
    ...{ store, clock, log: silentLog, secret: SECRET, publicUrl: ORIGIN },
    async send({ text }) {
      links.push(/https:\/\/rooms\.example(\S+)/.exec(text)?.[1] ?? '');
    },
  });
});
afterEach(async () => {
  await identity[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
});
function browser() {
  let cookie = '';
  return async (path: string, fields?: Record<string, string>, method = 'GET') => {
    const init = fields ? { method: 'POST', body: new URLSearchParams(fields) } : { method };
    const headers = { 'x-forwarded-for': '192.0.2.1', cookie, origin: ORIGIN };
    const answer = await identity.fetch(new Request(`${ORIGIN}${path}`, { ...init, headers }));
    cookie = answer?.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    await identity.settled();
    clock.advance(20_000);
    await new Promise((resolve) => setImmediate(resolve));
    return {
      status: answer?.status ?? 0,
      to: answer?.headers.get('location') ?? '',
      text: (await answer?.text()) ?? '',
    };
  };
}
async function ana() {
  const ask = browser();
  const made = { invitation: firstInvitation(SECRET), name: 'Ana', email: 'ana@x.example' };
  await ask('/sign-up', { ...made, password: PASSWORD });
  expect((await ask('/sign-in', { email: 'ana@x.example', password: PASSWORD })).to).toBe('/account');
  return ask;
}
const tokenIn = (link = ''): string => new URL(link, ORIGIN).searchParams.get('token') ?? '';
const NEXT = 'eight brave badgers';

test('a mail scanner that opens a link, as often as it likes, uses nothing up and confirms nothing', async () => {
  const desk = await ana();
  await desk('/operate/accounts', { act: 'invite', email: 'Mike.Sealey@X.example', role: 'host' });
  const invitation = links.at(-1) ?? '';
  const scanner = browser();
  for (const method of ['GET', 'HEAD', 'GET'])
    expect((await scanner(invitation, undefined, method)).status).toBe(200);
  // Whoever is invited in capitals has one account, in small letters, whatever the form says.
  const mike = browser();
  const token = new URL(invitation, ORIGIN).searchParams.get('invitation') ?? '';
  await mike('/sign-up', {
    invitation: token,
    name: 'Mike',
    email: 'MIKE.SEALEY@x.example',
    password: PASSWORD,
  });
  const proof = links.at(-1) ?? '';
  for (const method of ['GET', 'HEAD', 'GET'])
    expect((await scanner(proof, undefined, method)).status).toBe(200);
  expect((await mike('/sign-in', { email: 'mike.sealey@x.example', password: PASSWORD })).status).toBe(401);
  await mike('/verify-email', { token: tokenIn(proof), password: PASSWORD });
  const fresh = links.at(-1) ?? '';
  if (fresh !== proof) await mike('/verify-email', { token: tokenIn(fresh), password: PASSWORD });
  expect((await mike('/sign-in', { email: 'Mike.Sealey@X.EXAMPLE', password: PASSWORD })).to).toBe(
    '/account',
  );
  const rows = await store.db.selectFrom('account').select('email').execute();
  expect(rows.map(({ email }) => email).sort()).toEqual(['ana@x.example', 'mike.sealey@x.example']);
}, 120_000);

test('a new password ends every other sign-in, and a reset all of them; a link asked for before is over', async () => {
  const here = await ana();
  const thief = browser();
  await thief('/sign-in', { email: 'ana@x.example', password: PASSWORD });
  await thief('/reset', { email: 'ana@x.example' });
  const early = tokenIn(links.at(-1));
  await here('/account', { act: 'password', old: PASSWORD, new: NEXT });
  expect((await here('/account')).status).toBe(200);
  expect((await thief('/account')).to).toBe('/sign-in');
  expect((await thief('/reset', { token: early, password: 'nine bold foxes' })).status).toBe(410);
  await here('/reset', { email: 'ana@x.example' });
  const late = tokenIn(links.at(-1));
  await here('/reset', { token: late, password: 'nine bold foxes' });
  expect((await here('/account')).to).toBe('/sign-in');
  expect((await here('/reset', { token: late, password: PASSWORD })).status).toBe(410);
}, 120_000);

/** The address of the account that a browser is signed in to. */
const addressOf = async (ask: ReturnType<typeof browser>): Promise<string> =>
  / · ([^\s<]+@[^\s<]+) · /.exec((await ask('/account')).text)?.[1] ?? '';

// better-auth/better-auth#7196: a mistyped new address made its owner the owner of the account.
test('whoever gets the link to a mistyped new address does not get the account', async () => {
  const here = await ana();
  await here('/account', { act: 'email', email: 'anna@x.example', password: PASSWORD });
  const astray = links.at(-1) ?? '';
  const stranger = browser();
  const page = await stranger(astray);
  expect(page.text).toContain('Enter the password of your account');
  expect(page.text).not.toContain('ana@x.example');
  const sent = { token: tokenIn(astray), change: '1' };
  expect((await stranger('/verify-email', sent)).status).toBe(422);
  expect((await stranger('/verify-email', { ...sent, password: 'a guess of mine' })).status).toBe(422);
  const before = links.length;
  await stranger('/reset', { email: 'anna@x.example' });
  expect(links).toHaveLength(before);
  expect(await addressOf(here)).toBe('ana@x.example');
  // The owner asks again, and only the newer link counts; elsewhere too, where nobody is signed in.
  await here('/account', { act: 'email', email: 'ana.new@x.example', password: PASSWORD });
  const right = tokenIn(links.at(-1));
  expect((await here('/verify-email', { ...sent, password: PASSWORD })).status).toBe(410);
  const phone = browser();
  expect((await phone('/verify-email', { token: right, change: '1', password: PASSWORD })).to).toBe(
    '/account?told=proved',
  );
  expect(await addressOf(phone)).toBe('ana.new@x.example');
  expect((await browser()('/sign-in', { email: 'ana@x.example', password: PASSWORD })).status).toBe(401);
}, 120_000);

// discourse/discourse#43833: a link whose page was open went on working after a newer one.
test('a reset link that is looked at is over once another one is sent, or the password is changed', async () => {
  const here = await ana();
  const other = browser();
  await other('/reset', { email: 'ana@x.example' });
  const old = links.at(-1) ?? '';
  expect((await other(old)).text).toContain('Set the password');
  await other('/reset', { email: 'ana@x.example' });
  const fresh = links.at(-1) ?? '';
  expect((await other(old)).status).toBe(410);
  expect((await other('/reset', { token: tokenIn(old), password: NEXT })).status).toBe(410);
  expect((await other(fresh)).status).toBe(200);
  await here('/account', { act: 'password', old: PASSWORD, new: NEXT });
  expect((await other('/reset', { token: tokenIn(fresh), password: PASSWORD })).status).toBe(410);
  expect((await browser()('/sign-in', { email: 'ana@x.example', password: NEXT })).to).toBe('/account');
}, 120_000);

// CenterForOpenScience/osf.io#1492: asking again sent the link that had run out.
test('whoever comes after the link has run out gets another one by signing in', async () => {
  const desk = await ana();
  await desk('/operate/accounts', { act: 'invite', email: 'kim@x.example', role: 'host' });
  const kim = browser();
  const invitation = new URL(links.at(-1) ?? '', ORIGIN).searchParams.get('invitation') ?? '';
  const entry = { email: 'kim@x.example', password: PASSWORD };
  await kim('/sign-up', { invitation, name: 'Kim', ...entry });
  const late = links.at(-1) ?? '';
  clock.advance(2 * 3_600_000);
  expect((await kim('/verify-email', { token: tokenIn(late), password: PASSWORD })).status).toBe(410);
  expect((await kim('/sign-in', entry)).text).toContain('A new link is on its way');
  expect(links.at(-1)).not.toBe(late);
  expect((await kim('/verify-email', { token: tokenIn(links.at(-1)), password: PASSWORD })).to).toBe(
    '/account?told=proved',
  );
}, 120_000);

// mattermost/mattermost#11903, ParabolInc/parabol#2178, helpbuttons/helpbuttons#1469.
test('an invitation survives whoever opens it signed in, and an address that is taken; it makes one account, even if that is erased', async () => {
  const desk = await ana();
  const { text } = await desk('/operate/accounts', { act: 'invite', email: '', role: 'host' });
  const invitation = /sign-up\?invitation=([\w-]+)/.exec(text)?.[1] ?? '';
  const at = `/sign-up?invitation=${invitation}`;
  expect((await desk(at)).text).toContain('signed in as Ana');
  const kim = browser();
  expect((await kim(at)).text).not.toContain('signed in as');
  const made = { invitation, name: 'Kim', password: PASSWORD };
  await kim('/sign-up', { ...made, email: 'ana@x.example' });
  await kim('/sign-up', { ...made, email: 'kim@x.example' });
  await kim('/verify-email', { token: tokenIn(links.at(-1)), password: PASSWORD });
  expect((await kim('/account')).text).toContain('Role: host');
  expect((await browser()(at)).status).toBe(410);
  expect((await kim('/account', { act: 'erase', password: PASSWORD })).to).toBe('/sign-in?told=erased');
  expect((await browser()(at)).status).toBe(410);
  // bookwyrm-social/bookwyrm#2911: the address of an erased account can be used again, for another account.
  await desk('/operate/accounts', { act: 'invite', email: 'kim@x.example', role: 'member' });
  const again = new URL(links.at(-1) ?? '', ORIGIN).searchParams.get('invitation') ?? '';
  await kim('/sign-up', { ...made, invitation: again, email: 'kim@x.example' });
  await kim('/verify-email', { token: tokenIn(links.at(-1)), password: PASSWORD });
  expect((await kim('/account')).text).toContain('Role: member');
}, 120_000);
