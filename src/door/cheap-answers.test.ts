import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { fakeOrigin, wire } from '../../test/door.ts';
import { type DoorHttpDeps, openHttp } from './http/server.ts';
import { LIMITS } from './index.ts';
import { openCounters } from './metrics/counters.ts';
import { openClients } from './network/trusted-proxies.ts';
import { RoomGate } from './request/room-gate.ts';

/** A server whose admission gives this many cheap answers, and whose priorities are asked for nothing. */
async function open(left: number) {
  const prioritized: string[] = [];
  const { server } = openHttp({
    ...{ clock: manualClock(), limits: LIMITS, counters: openCounters(), clients: openClients([]) },
    ...{ origin: fakeOrigin(), rooms: new RoomGate({ card: () => undefined }), fault: () => {} },
    // Nobody is known for what they cost.
    ...{ requesters: { on: () => ({}) }, finished: { tell: () => {} }, defence: { measure: () => 'serve' } },
    admission: {
      consumeFor: () => left-- > 0,
      admits: (_req: unknown, path: string) => prioritized.push(path) > 0,
      defer: (_req: unknown, res: { writeHead(code: number): { end(): void } }) => res.writeHead(429).end(),
      took: () => {},
      prefixOf: () => undefined,
    },
  } as unknown as DoorHttpDeps);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets: Socket[] = [];
  const ask = async (line: string): Promise<number> => {
    const asked = wire((server.address() as AddressInfo).port, `${line} HTTP/1.1\r\nHost: x\r\n\r\n`);
    sockets.push(asked.socket);
    await asked.has();
    return Number(asked.text().slice(9, 12));
  };
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { ask, prioritized, close };
}

test.each([
  ['OPTIONS /', 204],
  ['OPTIONS *', 204],
  ['OPTIONS /r/room/live/main.m3u8', 204],
  ['OPTIONS /r/nobody/whip', 204],
  ['HEAD /r/nobody/stream', 404],
  ['POST /r/room/radio.mp3', 405],
  ['GET /r/room/../x', 404],
  ['GET /r/%2e%2e/x', 404],
])('%s has no urgency, and is answered only within the share of whoever asks', async (line, status) => {
  const { ask, prioritized, close } = await open(1);
  expect([await ask(line), await ask(line)]).toEqual([status, 429]);
  expect(prioritized).toEqual([]);
  close();
});
