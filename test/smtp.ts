import { createServer, type Server, type Socket } from 'node:net';

/** A mail as the server got it. */
export interface Received {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** A small SMTP server that keeps what it is sent; `refusing`: it answers MAIL with 451. Spec: RFC 5321, 3. */
export async function smtpServer(port = 0) {
  const received: Received[] = [];
  const open = new Set<Socket>();
  const state = { refusing: false };
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket)).on('error', () => undefined);
    let [rest, from, to, isData] = ['', '', '', false];
    const say = (line: string) => socket.write(`${line}\r\n`);
    say('220 mail.example ESMTP');
    socket.on('data', (chunk) => {
      rest += chunk;
      for (;;) {
        const end = rest.indexOf(isData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const part = rest.slice(0, end);
        rest = rest.slice(end + (isData ? 5 : 2));
        if (isData) {
          received.push({ from, to, text: part.replaceAll('=\r\n', '').replaceAll('=3D', '=') });
          isData = false;
          say('250 kept');
        } else if (/^(EHLO|HELO|RSET|NOOP)/.test(part)) say('250 mail.example');
        else if (part.startsWith('MAIL FROM:')) {
          from = part.slice(10);
          say(state.refusing ? '451 not now' : '250 ok');
        } else if (part.startsWith('RCPT TO:')) {
          to = part.slice(8);
          say('250 ok');
        } else if (part === 'DATA') {
          isData = true;
          say('354 go on');
        } else if (part === 'QUIT') socket.end('221 bye\r\n');
        else say('502 unknown');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return {
    received,
    state,
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
