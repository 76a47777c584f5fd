/**
 * A network between some listeners and Earshot, as a process: `fork('proxy.ts', [PORT])`. It passes bytes on, holds them,
 * delays them, or cuts every connection, as its parent says.
 */
import net from 'node:net';

/** Orders to the proxy. Milliseconds. */
export type ProxyOrder =
  | { readonly order: 'hold'; readonly for: number }
  | { readonly order: 'delay'; readonly by: number }
  | { readonly order: 'reset' };

const target = Number(process.argv[2]);
const sockets = new Set<net.Socket>();
let heldUntil = 0;
let by = 0;

/** Passes bytes on in their order, each when its time has come. */
function pass(from: net.Socket, to: net.Socket): void {
  const queue: { bytes: Buffer | undefined; at: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    while (queue[0] && Math.max(queue[0].at, heldUntil) <= performance.now()) {
      const { bytes } = queue.shift() as { bytes: Buffer | undefined };
      if (bytes) to.write(bytes);
      else to.end();
    }
    const next = queue[0];
    if (next) timer = setTimeout(flush, Math.max(1, Math.max(next.at, heldUntil) - performance.now()));
  };
  const add = (bytes: Buffer | undefined): void => {
    queue.push({ bytes, at: performance.now() + by });
    if (!timer) flush();
  };
  from.on('data', add).on('end', () => add(undefined));
  from.on('close', () => {
    sockets.delete(from);
    if (queue.length === 0) to.destroy();
  });
  from.on('error', () => to.destroy());
}

const server = net.createServer({ allowHalfOpen: true }, (client) => {
  const upstream = net.connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
  sockets.add(client).add(upstream);
  upstream.on('connect', () => {
    const [from, to] = [
      `${client.remoteAddress}:${client.remotePort}`,
      `${upstream.localAddress}:${upstream.localPort}`,
    ];
    process.send?.({ end: { from, to } });
  });
  pass(client, upstream);
  pass(upstream, client);
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as net.AddressInfo).port }));
process.on('message', (order: ProxyOrder) => {
  if (order.order === 'hold') heldUntil = performance.now() + order.for;
  else if (order.order === 'delay') by = order.by;
  else for (const socket of sockets) socket.resetAndDestroy();
});
process.on('disconnect', () => process.exit(0));
