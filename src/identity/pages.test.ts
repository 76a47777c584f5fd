import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { open as openStore, type Store } from '../store/index.ts';
import { firstInvitation, type Identity, open } from './index.ts';
import type { Letter } from './mail/smtp.ts';

const ORIGIN = 'https://rooms.example';
const SECRET = new Uint8Array(32).fill(5);
const PASSWORD = 'seven quiet otters';
let store: Store;
let identity: Identity;
let sent: Letter[];
let away: boolean;
const clock = manualClock(epochMs(Date.now()));

const start = async (more: object = {}): Promise<void> => {
  identity = await open({
    ...{ store, clock, log: silentLog, secret: SECRET, publicUrl: ORIGIN },
    send: async (letter) => {
      if (away) throw new Error('connection refused');
      sent.push(letter);
    },
    ...more,
  });
};
beforeEach(async () => {
  [sent, away] = [[], false];
  store = await openStore({ url: 'sqlite::memory:' });
  await start();
});
afterEach(async () => {
  await identity[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
});

/** A browser: it keeps its cookie. */
function browser(from = '192.0.2.1', pause = 2_000) {
  let cookie = '';
  const ask = async (path: string, fields?: Record<string, string>, more: Record<string, string> = {}) => {
    const init = fields && { method: 'POST', body: new URLSearchParams(fields) };
    const headers = {
      'x-forwarded-for': from,
      'x-forwarded-proto': 'https',
      cookie,
      origin: ORIGIN,
      ...more,
    };
    const answer = await identity.fetch(new Request(`${ORIGIN}${path}`, { ...init, headers }));
    const set = answer?.headers.getSetCookie()[0]?.split(';')[0];
    if (set) cookie = set;
    await identity.settled();
    clock.advance(pause);
    await new Promise((resolve) => setImmediate(resolve));
    return {
      status: answer?.status ?? 0,
      to: answer?.headers.get('location') ?? '',
      text: (await answer?.text()) ?? '',
      headers: answer?.headers ?? new Headers(),
    };
  };
  return {
    ask,
    cookie: () => cookie,
    take: (other: string) => {
      cookie = other;
    },
  };
}
const linkIn = (letter: Letter | undefined): string =>
  /https:\/\/rooms\.example(\S+)/.exec(letter?.text ?? '')?.[1] ?? '';
const tokenIn = (link: string): string => new URL(link, ORIGIN).searchParams.get('token') ?? '';

async function operator() {
  const person = browser();
  const invitation = firstInvitation(SECRET);
  const made = { invitation, name: 'Ana', email: 'ana@x.example', password: PASSWORD };
  expect(await person.ask('/sign-up', made)).toMatchObject({ status: 303, to: '/sign-in?told=ready' });
  const entered = await person.ask('/sign-in', { email: 'ana@x.example', password: PASSWORD });
  expect(entered).toMatchObject({ status: 303, to: '/account' });
  return person;
}

test('the first link makes its opener the operator, once; an invitation, a proof and a new password do the rest', async () => {
  const ana = await operator();
  expect((await browser().ask(`/sign-up?invitation=${firstInvitation(SECRET)}`)).status).toBe(410);
  const invited = await ana.ask('/operate/accounts', { act: 'invite', email: 'zoe@x.example', role: 'host' });
  expect(invited.status).toBe(200);
  const link = linkIn(sent.pop());
  const zoe = browser('192.0.2.2');
  expect((await zoe.ask(link)).text).toContain('zoe@x.example');
  const invitation = new URL(link, ORIGIN).searchParams.get('invitation') ?? '';
  const wish = { invitation, name: 'Zoë', email: 'other@x.example', password: PASSWORD };
  expect((await zoe.ask('/sign-up', wish)).status).toBe(200);
  const entry = { email: 'zoe@x.example', password: PASSWORD };
  expect((await zoe.ask('/sign-in', entry)).text).toContain('not confirmed');
  const proof = linkIn(sent.pop());
  // A program that only looks at the link uses nothing up.
  expect((await browser('192.0.2.9').ask(proof)).status).toBe(200);
  const proven = { token: tokenIn(proof), password: PASSWORD };
  expect((await zoe.ask('/verify-email', { ...proven, password: 'not that one' })).status).toBe(422);
  expect((await zoe.ask('/verify-email', proven)).to).toBe('/account?told=proved');
  expect((await zoe.ask('/verify-email', proven)).status).toBe(410);
  expect((await zoe.ask('/sign-in', entry)).to).toBe('/account');
  const request = new Request(`${ORIGIN}/api/start`, { headers: { cookie: zoe.cookie() } });
  expect(await identity.whoIs(request)).toMatchObject({ name: 'Zoë', role: 'host' });
  expect((await zoe.ask('/operate/accounts')).status).toBe(403);
  await zoe.ask('/reset', { email: 'zoe@x.example' });
  const reset = linkIn(sent.pop());
  expect((await zoe.ask('/reset', { token: tokenIn(reset), password: 'brave new otters' })).to).toBe(
    '/sign-in?told=reset',
  );
  // Every browser is signed out, and the old password is over.
  expect(await identity.whoIs(request)).toBeUndefined();
  expect((await zoe.ask('/sign-in', entry)).status).toBe(401);
}, 120_000);

test('a start offers the first link until somebody is operator', async () => {
  expect(identity.first).toBe(firstInvitation(SECRET));
  await identity[Symbol.asyncDispose]();
  await start();
  expect(identity.first).toBe(firstInvitation(SECRET));
  await operator();
  await identity[Symbol.asyncDispose]();
  await start();
  expect(identity.first).toBeUndefined();
}, 120_000);

test('whoever confirms an address confirms their own password, not that of somebody who was here before', async () => {
  await identity[Symbol.asyncDispose]();
  await start({ isOpen: true });
  const zoe = browser('192.0.2.2');
  const email = 'zoe@x.example';
  await browser('192.0.2.8').ask('/sign-up', { name: 'Mallory', email, password: 'mine all mine' });
  const old = linkIn(sent.pop());
  await zoe.ask('/sign-up', { name: 'Zoë', email, password: PASSWORD });
  expect((await zoe.ask('/verify-email', { token: tokenIn(old) })).status).toBe(410);
  await zoe.ask('/verify-email', { token: tokenIn(linkIn(sent.pop())), password: PASSWORD });
  expect((await zoe.ask('/sign-in', { email, password: 'mine all mine' })).status).toBe(401);
  expect((await zoe.ask('/sign-in', { email, password: PASSWORD })).to).toBe('/account');
}, 120_000);

test('an address is not confirmed for the password of somebody who came after its owner', async () => {
  await identity[Symbol.asyncDispose]();
  await start({ isOpen: true });
  const zoe = browser('192.0.2.2');
  const email = 'zoe@x.example';
  await zoe.ask('/sign-up', { name: 'Zoë', email, password: PASSWORD });
  await browser('192.0.2.8').ask('/sign-up', { name: 'Mallory', email, password: 'mine all mine' });
  const proof = tokenIn(linkIn(sent.pop()));
  const mine = await zoe.ask('/verify-email', { token: proof, password: PASSWORD });
  expect(mine.status).toBe(422);
  expect(mine.text).toContain('set a password of your own');
  expect((await zoe.ask('/sign-in', { email, password: 'mine all mine' })).status).toBe(401);
  await zoe.ask('/reset', { email });
  await zoe.ask('/reset', { token: tokenIn(linkIn(sent.pop())), password: PASSWORD });
  expect((await zoe.ask('/sign-in', { email, password: 'mine all mine' })).status).toBe(401);
  expect((await zoe.ask('/sign-in', { email, password: PASSWORD })).to).toBe('/account');
}, 120_000);

test('a session ends elsewhere, a token works until it is ended, and an erased account leaves a row without content', async () => {
  const ana = await operator();
  const other = browser('192.0.2.3');
  await other.ask('/sign-in', { email: 'ana@x.example', password: PASSWORD });
  await ana.ask('/account', { act: 'end-others' });
  expect((await other.ask('/account')).to).toBe('/sign-in');
  expect((await ana.ask('/account')).status).toBe(200);
  const made = await ana.ask('/account', { act: 'token', label: 'script', password: PASSWORD });
  const token = /ea_[\w-]{43}/.exec(made.text)?.[0] ?? '';
  const bearer = new Request(`${ORIGIN}/x`, { headers: { authorization: `Bearer ${token}` } });
  expect(await identity.whoIs(bearer)).toMatchObject({ name: 'Ana', role: 'operator' });
  expect((await ana.ask('/account', { act: 'erase', password: PASSWORD })).text).toContain('only operator');
  await store.db.updateTable('account').set({ role: 'member' }).execute();
  const exported = JSON.parse((await ana.ask('/account/export')).text);
  expect(exported).toMatchObject({ account: { email: 'ana@x.example' }, tokens: [{ name: 'script' }] });
  expect((await ana.ask('/account', { act: 'erase', password: 'wrong' })).status).toBe(422);
  expect((await ana.ask('/account', { act: 'erase', password: PASSWORD })).to).toBe('/sign-in?told=erased');
  const [row] = await store.db.selectFrom('account').selectAll().execute();
  expect(row).toMatchObject({ name: '', email: `erased:${row?.id}`, role: 'member' });
  expect(await identity.whoIs(bearer)).toBeUndefined();
  for (const table of ['account_session', 'account_credential', 'account_token'] as const)
    expect(await store.db.selectFrom(table).selectAll().execute()).toEqual([]);
}, 120_000);

test('known and unknown addresses get the same answer after the same work', async () => {
  await identity[Symbol.asyncDispose]();
  await start({ isOpen: true });
  await operator();
  const answers = async (path: string, fields: (email: string) => Record<string, string>) =>
    Promise.all(
      ['ana@x.example', 'nob@x.example'].map(async (email, at) => {
        const { status, text } = await browser(`198.51.100.${at}`).ask(path, fields(email));
        return { status, text: text.replaceAll(email, 'E') };
      }),
    );
  for (const [path, fields] of [
    ['/sign-in', (email: string) => ({ email, password: 'not the password' })],
    ['/reset', (email: string) => ({ email })],
    ['/sign-up', (email: string) => ({ email, name: 'Somebody', password: PASSWORD })],
  ] as const) {
    const [known, unknown] = await answers(path, fields);
    expect(known, path).toEqual(unknown);
  }
}, 120_000);

test('what a foreign page sends changes nothing, and a cookie given before signing in is worth nothing after it', async () => {
  const ana = await operator();
  const before = ana.cookie();
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  expect((await ana.ask('/account', { act: 'name', name: 'Evil' }, foreign)).status).toBe(403);
  expect((await ana.ask('/account')).text).not.toContain('Evil');
  const victim = browser('192.0.2.7');
  victim.take(before);
  await victim.ask('/sign-in', { email: 'ana@x.example', password: PASSWORD });
  expect(victim.cookie()).not.toBe(before);
  const policy = (await ana.ask('/account')).headers.get('content-security-policy');
  expect(policy).not.toContain('unsafe');
}, 120_000);

test('passwords cannot be tried one after the other, nor one password on many addresses', async () => {
  const guesses = browser('203.0.113.5', 0);
  const guess = async (email: string) => (await guesses.ask('/sign-in', { email, password: 'x' })).status;
  const one: number[] = [];
  for (let i = 0; i < 12; i++) one.push(await guess('ana@x.example'));
  expect(one).toContain(429);
  const sprayed: number[] = [];
  for (let i = 0; i < 45; i++) sprayed.push(await guess(`p${i}@x.example`));
  expect(sprayed).toContain(429);
}, 120_000);

test('while no mail can be sent the links wait, the operator sees them, and they go out later', async () => {
  const ana = await operator();
  away = true;
  await ana.ask('/operate/accounts', { act: 'invite', email: 'zoe@x.example', role: 'member' });
  const page = await ana.ask('/operate/accounts');
  expect(page.text).toContain('connection refused');
  expect(page.text).toContain('/sign-up?invitation=');
  away = false;
  await vi.waitFor(() => {
    clock.advance(2_000);
    expect(sent).toHaveLength(1);
  });
  clock.advance(120_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toHaveLength(1);
  expect((await ana.ask('/operate/accounts')).text).toContain('No mail is waiting');
}, 120_000);

test('somebody suspended reads why, takes along what is stored, and can have it erased', async () => {
  await identity[Symbol.asyncDispose]();
  await start({ isOpen: true });
  const zoe = browser('192.0.2.2');
  const email = 'zoe@x.example';
  await zoe.ask('/sign-up', { name: 'Zoë', email, password: PASSWORD });
  await zoe.ask('/verify-email', { token: tokenIn(linkIn(sent.pop())), password: PASSWORD });
  const { id } = await store.db.selectFrom('account').select('id').executeTakeFirstOrThrow();
  await store.db
    .insertInto('moderation_decision')
    .values({
      ...{ id: 'd', notice: 'abcdefghijkl', act: 'suspend', room: null, target: id, target_name: 'Zoë' },
      ...{ reason: 'Fraud', by_role: 'operator', since: clock.wall(), until: null, lifted: null },
      ...{ detail: '{}', objection: null, objected: null, answer: null, report: null },
    })
    .execute();
  const refused = await zoe.ask('/sign-in', { email, password: PASSWORD });
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('Fraud');
  expect((await zoe.ask('/account')).to).toBe('/sign-in');
  const [, link = ''] = /href="(\/account\/data\?token=[\w-]+)"/.exec(refused.text) ?? [];
  const token = tokenIn(link);
  expect((await zoe.ask(link)).text).toContain('Erase for good');
  const taken = await zoe.ask(`${link}&download=1`);
  expect(JSON.parse(taken.text)).toMatchObject({ account: { email, name: 'Zoë' } });
  expect(taken.headers.get('content-disposition')).toContain('attachment');
  expect((await browser().ask('/account/data?token=AAAA')).status).toBe(410);
  // The token of one purpose does nothing else.
  expect((await browser().ask('/reset', { token, password: 'brave new otters' })).status).toBe(410);
  expect((await zoe.ask('/account/data', { token })).to).toBe('/sign-in?told=erased');
  expect((await zoe.ask(link)).status).toBe(410);
  expect((await zoe.ask('/sign-in', { email, password: PASSWORD })).status).toBe(401);
}, 120_000);

test('an address that is known and one that is not are answered in the same time', async () => {
  await operator();
  const took = async (email: string, n: number): Promise<number> => {
    const person = browser(`198.51.100.${n}`, 120_000);
    const began = performance.now();
    expect((await person.ask('/sign-in', { email, password: 'wrong otters here' })).status).toBe(401);
    return performance.now() - began;
  };
  // The fastest of many: what a busy machine adds is left out, and a round more leaves out more of it.
  let [known, unknown] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < 8; round += 1) {
    for (let n = 0; n < 5; n += 1) {
      known = Math.min(known, await took('ana@x.example', 20 * round + 2 * n + 1));
      unknown = Math.min(unknown, await took(`nobody${n}@x.example`, 20 * round + 2 * n + 2));
    }
    if (Math.abs(Math.log(known / unknown)) < Math.log(1.15)) return;
  }
  throw new Error(`known to unknown: ${known.toFixed(1)} ms to ${unknown.toFixed(1)} ms`);
}, 120_000);
