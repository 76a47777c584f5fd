import { createCipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { systemClock } from '../../base/clock.ts';
import type { Aead, Openssl } from '../../native/openssl.ts';
import { Connection } from './connection.ts';
import { openTlsOffload } from './tls-offload.ts';

/** A trial takes about 20 ms; after this long it has failed. */
const PATIENCE_MS = 3_000;
const TAG = 16;
const NAMES: Readonly<Record<string, string>> = {
  TLS_AES_128_GCM_SHA256: 'aes-128-gcm',
  TLS_AES_256_GCM_SHA384: 'aes-256-gcm',
  TLS_CHACHA20_POLY1305_SHA256: 'chacha20-poly1305',
};

/** True when our use of a cipher gives the same result as Node's own, with two keys in a row. */
function encrypts(aead: Aead): boolean {
  return [0, 1, 15, 16, 1000, 16_385].every((length) => {
    const [key, nonce, head, text] = [randomBytes(32), randomBytes(12), randomBytes(5), randomBytes(length)];
    const name = NAMES[aead.name];
    if (name === undefined) return false;
    const cipher = createCipheriv(name as 'aes-128-gcm', key.subarray(0, aead.key), nonce, {
      authTagLength: TAG,
    });
    cipher.setAAD(head, { plaintextLength: length });
    const wanted = Buffer.concat([cipher.update(text), cipher.final()]);
    const tag = Buffer.from(aead.encrypt(key, nonce, head, text));
    return text.equals(wanted) && tag.equals(cipher.getAuthTag());
  });
}

/**
 * What the other side of a real connection reads when it is offloaded in between; the two sides share a temporary
 * key.
 */
async function heard(openssl: Openssl, before: Buffer, after: readonly Buffer[]): Promise<Buffer> {
  const psk = randomBytes(32);
  const ciphers = 'TLS_AES_128_GCM_SHA256';
  let fault: unknown;
  const tlsOffload = openTlsOffload({
    ...{ openssl, clock: systemClock },
    failed(error) {
      fault = error;
    },
  });
  const server = createServer({ ciphers, minVersion: 'TLSv1.3', pskCallback: () => psk });
  const [accept] = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  let connection: Connection | undefined;
  server.on('connection', (accepted: Socket) => {
    connection = new Connection(accepted.on('error', () => {}));
    tlsOffload.begin(connection, () => accept?.call(server, accepted));
  });
  // An abstract socket address: no file, no port.
  const path = `\0earshot-light-tls-${process.pid}-${randomBytes(8).toString('hex')}`;
  server.listen(path);
  await once(server, 'listening');
  const client = connect({
    ...{ path, ciphers, minVersion: 'TLSv1.3', checkServerIdentity: () => undefined },
    pskCallback: () => ({ psk, identity: 'earshot' }),
  });
  const closers: Socket[] = [client];
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const read: Buffer[] = [];
    client.on('data', (chunk: Buffer) => read.push(chunk)).on('error', () => {});
    const [secure] = (await once(server, 'secureConnection', { signal })) as [TLSSocket];
    closers.push(secure.on('error', () => {}));
    await new Promise<void>((resolve, reject) =>
      secure.write(before, (error) => (error ? reject(error) : resolve())),
    );
    connection?.become(secure);
    const records = connection && tlsOffload.offload(connection);
    if (!connection || !records) throw fault ?? new Error('the connection could not be taken over');
    const { socket } = connection;
    closers.push(socket.on('error', () => {}));
    const ended = Promise.race([once(client, 'end', { signal }), once(client, 'error', { signal })]);
    for (const bytes of after) socket.write(records.seal(bytes, (length) => new Uint8Array(length)));
    socket.end(records.close());
    await ended;
    return Buffer.concat(read);
  } finally {
    for (const socket of closers) socket.destroy();
    server.close();
  }
}

/**
 * Tries `lightTls` as streams use it, before anybody depends on it: each cipher against Node's own, and one real
 * connection on which Node's client must read what was encrypted. Returns what does not work, as text; undefined if
 * everything does.
 */
export async function checkLightTls(openssl: Openssl): Promise<string | undefined> {
  try {
    for (const aead of openssl.aeads.values())
      if (!encrypts(aead)) return `its OpenSSL encrypts otherwise than Node does (${aead.name})`;
    const before = randomBytes(100);
    const after = [1, 200, 40_000].map((length) => randomBytes(length));
    const wanted = Buffer.concat([before, ...after]);
    const got = await heard(openssl, before, after);
    if (!got.equals(wanted)) return `a trial connection heard ${got.length} of ${wanted.length} bytes`;
    return undefined;
  } catch (error) {
    return `a trial failed (${error instanceof Error ? error.message : error})`;
  }
}
