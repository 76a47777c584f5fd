import { lookup } from 'node:dns/promises';
import { createConnection, isIP } from 'node:net';
import type { ServerAddress } from './order.ts';

/** An address that does not accept a connection within this time is skipped. Milliseconds. */
const PATIENCE_MS = 5_000;

/** The name a certificate must be for: that of the URL without brackets and port; undefined for an IP address. */
export function serverName(name: string): string | undefined {
  const bare = name.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return isIP(bare) ? undefined : bare;
}

/**
 * Where the server of a URL is: the first address of its name that accepts a connection (`localhost` may be ::1 and
 * 127.0.0.1, with only one of them served). @throws the system's error when none does.
 */
export async function findAddress(url: URL): Promise<ServerAddress> {
  const tls = url.protocol === 'https:';
  const port = Number(url.port) || (tls ? 443 : 80);
  const found = await lookup(url.hostname.replace(/^\[|\]$/g, ''), { all: true });
  let failure: unknown = new Error(`${url.hostname} has no address`);
  for (const { address: host } of found) {
    try {
      await reach(host, port);
      return { host, port, tls, name: url.host };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function reach(host: string, port: number): Promise<void> {
  const socket = createConnection({ host, port, timeout: PATIENCE_MS });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
      socket.once('timeout', () => reject(new Error(`${host} does not answer`)));
    });
  } finally {
    socket.destroy();
  }
}
