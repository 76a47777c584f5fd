import { once } from 'node:events';
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** Connections made at a time: fewer than the accept queue. */
const AT_A_TIME = 100;

const { port, listeners } = workerData as { port: number; listeners: number };
for (let made = 0; made < listeners; made += AT_A_TIME)
  await Promise.all(
    Array.from({ length: Math.min(AT_A_TIME, listeners - made) }, async () => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.write('GET /r/measured/stream?codec=opus HTTP/1.1\r\nhost: measured\r\n\r\n');
      await once(socket, 'data');
      socket.resume();
    }),
  );
parentPort?.postMessage('here');
