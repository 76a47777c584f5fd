import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openSmtp } from '../../identity/index.ts';
import type { ReminderRow } from './book.ts';
import { openDelivery } from './delivery.ts';

/** What a server answers instead of yes, by the beginning of what it is told; the greeting is that to nothing. */
type Answers = Readonly<Record<string, string>>;

const NOW = Date.UTC(2027, 2, 2, 19);
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** An SMTP server on this machine; its port. */
async function smtp(answers: Answers): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => undefined));
    const say = (line: string): void =>
      void (line === 'hang up' ? socket.destroy() : socket.write(`${line}\r\n`));
    say(answers[''] ?? '220 mail.example ESMTP');
    let isText = false;
    socket.on('data', (chunk) => {
      for (const line of `${chunk}`.split('\r\n').filter(Boolean)) {
        if (isText && line !== '.') continue;
        const [, answer] = Object.entries(answers).find(([of]) => of !== '' && line.startsWith(of)) ?? [];
        isText = line === 'DATA' && answer === undefined;
        say(answer ?? (isText ? '354 go on' : '250 ok'));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

/** What becomes of a reminder by a mail server. */
async function became(url: string): Promise<string> {
  const { send, close } = openSmtp(url, 'earshot@rooms.example');
  const deliver = openDelivery({
    reminding: { topicKey: new Uint8Array(32), mail: send } as never,
    ...{ vapid: {} as never, base: 'https://rooms.example', wall: () => NOW },
    cardOf: async () =>
      ({
        ...{ slug: 'hall', title: 'The Hall', hosts: [] },
        status: 'scheduled',
        clocks: { scheduled: NOW },
      }) as const,
    isTaken: () => true,
  });
  const row = {
    id: 'x',
    room: 'hall',
    way: 'mail',
    target: 'eva@example.org',
    language: 'en',
    account: null,
  };
  const outcome = await deliver({ ...row, notice: 'soon', due: NOW, edition: 1 } as unknown as ReminderRow);
  close();
  return outcome.became;
}

test.each<readonly [string, Answers, string]>([
  ['takes it', {}, 'sent'],
  ['knows no such address', { 'RCPT TO': '550 5.1.1 nobody here' }, 'over'],
  ['does not want it from anybody now', { 'RCPT TO': '450 4.2.0 later' }, 'again'],
  ['is busy', { 'MAIL FROM': '451 not now' }, 'again'],
  ['takes this text for advertising', { '.': '554 5.7.1 spam' }, 'ended'],
  ['takes nothing from this sender', { 'MAIL FROM': '550 5.7.1 you are not allowed' }, 'again'],
  ['takes no connection from here', { '': '554 5.7.1 your address is blocked' }, 'again'],
  ['hangs up', { 'MAIL FROM': 'hang up' }, 'again'],
  [
    'promises STARTTLS and refuses it',
    { EHLO: '250-mail.example\r\n250 STARTTLS', STARTTLS: '454 not now' },
    'again',
  ],
  ['breaks STARTTLS', { EHLO: '250-mail.example\r\n250 STARTTLS', STARTTLS: 'hang up' }, 'again'],
])('a mail server that %s', async (_, answers, wanted) => {
  expect(await became(`smtp://127.0.0.1:${await smtp(answers)}`)).toBe(wanted);
});

test('a password that is wrong forgets nobody', async () => {
  const port = await smtp({ EHLO: '250-mail.example\r\n250 AUTH PLAIN', AUTH: '535 5.7.8 wrong' });
  expect(await became(`smtp://ana:wrong@127.0.0.1:${port}`)).toBe('again');
});

test('a server that is away is asked again', async () => {
  const port = await smtp({});
  for (const end of ends.splice(0)) await end();
  expect(await became(`smtp://127.0.0.1:${port}`)).toBe('again');
});
