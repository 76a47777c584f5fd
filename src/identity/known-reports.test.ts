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
