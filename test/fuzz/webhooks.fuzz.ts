/** Addresses that an operator gives for news of incidents, and whatever answers there. */
import { createServer, type Socket } from 'node:net';
import { webhooks } from '../../src/config/press-settings.ts';
import { pinnedPost } from '../../src/incident/webhook/pinned-post.ts';
import { isPrivateAddress } from '../../src/outgoing/index.ts';
import { target } from './engine/target.ts';

/** Sockets of a closed connection stay for a minute: many addresses have room for all. */
const ADDRESSES = 250;
/** Setting up a connection takes a hundred times as long as reading an address. */
const ANSWERED = 16;
let answer: Buffer = Buffer.alloc(0);
let asked = 0;
const open = new Set<Socket>();
const server = createServer((socket) => {
  open.add(socket);
  socket.on('error', () => {}).on('close', () => open.delete(socket));
  socket.once('data', () => socket.end(answer));
});
await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
server.unref();
const { port } = server.address() as { port: number };

export default target({
  covers: [
    'src/incident/webhook/pinned-post.ts',
    'src/outgoing/private-networks.ts',
    'src/config/press-settings.ts',
  ],
  async run(bytes) {
    const text = bytes.toString('latin1');
    isPrivateAddress(text);
    const read = webhooks.safeParse(text);
    if (read.success)
      for (const url of read.data)
        if (!/^https?:$/.test(new URL(url).protocol)) throw new Error(`a webhook to ${url}`);
    asked += 1;
    if (!text.startsWith('HTTP/') || asked % ANSWERED !== 0) return;
    answer = Buffer.from(bytes);
    const before = server.listening;
    const url = `http://127.0.0.${2 + (asked % ADDRESSES)}:${port}/hook`;
    const outcome = await pinnedPost({ url, headers: { 'x-a': 'b' }, body: '{}' });
    if (!before || ('status' in outcome && !Number.isInteger(outcome.status)))
      throw new Error('an answer without a status');
  },
  seeds: [
    'https://hooks.example.org/earshot?a=1, http://10.0.0.1:8080/x',
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 307 Moved\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 301 Moved\r\nLocation: //[::1]:9/x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    '::ffff:10.0.0.1',
  ],
  words: [
    'http://',
    'https://',
    'Location: ',
    'HTTP/1.1 307 x\r\n',
    '127.0.0.1',
    '[::1]',
    'file:///',
    '\r\n\r\n',
  ],
  patienceMs: 1_500,
});
