/** A network with stalls: a TCP proxy that holds answers back during a stall, and sends them all at once afterwards. */
import net from 'node:net';
import { chance } from '../../test/chance.ts';

/**
 * Behaviour of such a network, in seconds: every `every` (half to one and a half times) it stalls for `least` to
 * `most`.
 */
export interface Stalling {
  readonly every: number;
  readonly least: number;
  readonly most: number;
}

/** A weak signal, a train between two towns, tunnels. */
export const STALLING = {
  mild: { every: 5, least: 0.3, most: 0.5 },
  train: { every: 15, least: 1, most: 2.5 },
  tunnel: { every: 30, least: 4, most: 6 },
} as const satisfies Record<string, Stalling>;

/** A running proxy. */
export interface StallingProxy extends AsyncDisposable {
  readonly url: string;
  /** Total seconds of stalls so far. */
  readonly stood: number;
}

/** Opens a proxy on 127.0.0.1 in front of the server at `target`. */
export async function openStallingProxy(
  target: string,
  { every, least, most }: Stalling,
  seed = 7,
): Promise<StallingProxy> {
  const { port, hostname } = new URL(target);
  const random = chance(seed);
  const sockets = new Set<net.Socket>();
  const waiting = new Set<() => void>();
  let standing = false;
  let stood = 0;
  let timer: NodeJS.Timeout;
  const next = (): void => {
    timer = setTimeout(
      () => {
        const length = least + random() * (most - least);
        standing = true;
        stood += length;
        setTimeout(() => {
          standing = false;
          for (const go of waiting) go();
        }, length * 1000);
        next();
      },
      every * 1000 * (0.5 + random()),
    );
  };
  next();
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(port), hostname);
    const held: Buffer[] = [];
    const go = (): void => {
      for (const bytes of held.splice(0)) client.write(bytes);
    };
    waiting.add(go);
    sockets.add(client).add(upstream);
    upstream.on('data', (bytes) => {
      held.push(bytes);
      if (!standing) go();
    });
    client.on('data', (bytes) => upstream.write(bytes));
    const end = (): void => {
      waiting.delete(go);
      for (const socket of [client, upstream]) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    for (const socket of [client, upstream]) socket.on('close', end).on('error', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    get stood() {
      return stood;
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
