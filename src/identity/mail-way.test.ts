import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { smtpServer } from '../../test/smtp.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { open as openStore, type Store } from '../store/index.ts';
import { firstInvitation, type Identity, open, openSmtp } from './index.ts';

const ORIGIN = 'https://rooms.example';
const SECRET = new Uint8Array(32).fill(7);
const PASSWORD = 'seven quiet otters';
const clock = manualClock(epochMs(Date.now()));

let store: Store;
let identity: Identity;
let mail: Awaited<ReturnType<typeof smtpServer>>;
beforeEach(async () => {
  mail = await smtpServer();
  store = await openStore({ url: 'sqlite::memory:' });
  const { send } = openSmtp(`smtp://127.0.0.1:${mail.port}`, 'earshot@rooms.example');
  identity = await open({
    ...{ store, clock, log: silentLog, secret: SECRET, publicUrl: ORIGIN, isOpen: true, send },
  });
});
afterEach(async () => {
  await identity[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await mail.close();
});

let cookie = '';
async function ask(path: string, fields?: Record<string, string>): Promise<string> {
  const init = fields && { method: 'POST', body: new URLSearchParams(fields) };
  const headers = { 'x-forwarded-for': '192.0.2.1', origin: ORIGIN, cookie };
  const answer = await identity.fetch(new Request(`${ORIGIN}${path}`, { ...init, headers }));
  cookie = answer?.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
  await identity.settled();
  return (await answer?.text()) ?? '';
}
/** Lets the clock go on until `seen` holds. */
const until = (seen: () => void | Promise<void>) =>
  vi.waitFor(
    () => {
      clock.advance(2_000);
      return seen();
    },
    { timeout: 10_000 },
  );
/** Everything that could still be sent has its time. */
async function muchLater(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    clock.advance(600_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
async function signInOperator(): Promise<void> {
  const made = { invitation: firstInvitation(SECRET), name: 'Ana', email: 'ana@x.example' };
  await ask('/sign-up', { ...made, password: PASSWORD });
  await ask('/sign-in', { email: 'ana@x.example', password: PASSWORD });
}

test('whoever signs up gets one mail by SMTP, whose link confirms the address', async () => {
  await ask('/sign-up', { name: 'Zoë', email: 'zoe@x.example', password: PASSWORD });
  await until(() => expect(mail.received).toHaveLength(1));
  await muchLater();
  expect(mail.received).toHaveLength(1);
  const [got] = mail.received;
  expect(got).toMatchObject({ from: '<earshot@rooms.example>', to: '<zoe@x.example>' });
  expect(got?.text).toMatch(/^Auto-Submitted: auto-generated/im);
  expect(got?.text).toMatch(/^Message-ID: <[\w-]+@rooms\.example>/im);
  expect(got?.text).toMatch(/https:\/\/rooms\.example\/verify-email\?token=[\w-]{43}/);
  expect(await store.db.selectFrom('mail').selectAll().execute()).toEqual([]);
}, 60_000);

test('while the mail server is away a mail waits and the operator sees it; when it is back it is sent once', async () => {
  await signInOperator();
  const { port } = mail;
  await mail.close();
  await ask('/reset', { email: 'ana@x.example' });
  await until(async () => expect(await ask('/operate/accounts')).toContain('ECONNREFUSED'));
  expect(await ask('/operate/accounts')).toContain('/reset?token=');
  mail = await smtpServer(port);
  mail.state.refusing = true;
  await until(async () => expect(await ask('/operate/accounts')).toContain('451'));
  mail.state.refusing = false;
  await until(() => expect(mail.received).toHaveLength(1));
  await until(async () => expect(await ask('/operate/accounts')).toContain('No mail is waiting'));
  await muchLater();
  expect(mail.received).toHaveLength(1);
}, 60_000);

test('a mail that was sent while the database went away is not sent again', async () => {
  const sent: string[] = [];
  await identity[Symbol.asyncDispose]();
  identity = await open({
    ...{ store, clock, log: silentLog, secret: SECRET, publicUrl: ORIGIN, isOpen: true },
    async send({ id }) {
      sent.push(id);
      if (sent.length === 1) await store.db.schema.alterTable('mail').renameTo('mail_away').execute();
    },
  });
  await ask('/sign-up', { name: 'Zoë', email: 'zoe@x.example', password: PASSWORD });
  await until(() => expect(sent).toHaveLength(1));
  await muchLater();
  await store.db.schema
    .alterTable('mail_away' as 'mail')
    .renameTo('mail')
    .execute();
  await until(async () => expect(await store.db.selectFrom('mail').selectAll().execute()).toEqual([]));
  expect(sent).toHaveLength(1);
}, 60_000);
