import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RoomState } from '../src/wire/room.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { goLive, joinStage } from './rig/people.ts';
import { freePort, type MadeRoom, type Server, startServer, until } from './rig/server.ts';
import { writeSpeech } from './rig/sound.ts';

/** One end of the media path that a page uses, from its own statistics. */
interface Way {
  readonly type: string | undefined;
  readonly relayProtocol: string | undefined;
  readonly sent: number;
  readonly received: number;
}

// A real coturn, reached by UDP, and a browser that may use nothing else. Chromium cannot reach us by TCP or TLS yet:
// docs/limits.md.
describe('a speaker behind a TURN server', () => {
  let dir: string;
  let coturn: ChildProcess;
  let server: Server;
  let browser: Browser;
  let room: MadeRoom;
  let page: Page;

  const state = async (): Promise<RoomState> =>
    (await (await fetch(`${room.url}/state.json`)).json()) as RoomState;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'earshot-turn-'));
    const port = await freePort();
    // A separate address, as in a real installation.
    const loopback = ['--listening-ip=127.0.0.2', '--relay-ip=127.0.0.2', '--allow-loopback-peers'];
    // Each session gets its own user name and password, which coturn checks with the shared secret.
    const account = ['--use-auth-secret', '--static-auth-secret=wonderland', '--realm=earshot.test'];
    const plain = ['--no-tls', '--no-dtls', '--no-cli', '--no-multicast-peers'];
    const files = [
      `--pidfile=${join(dir, 'pid')}`,
      `--db=${join(dir, 'db')}`,
      `--log-file=${join(dir, 'log')}`,
    ];
    coturn = spawn(
      'turnserver',
      ['-n', `--listening-port=${port}`, ...loopback, ...account, ...plain, ...files],
      {
        stdio: 'ignore',
      },
    );
    await until('coturn listens', () => reachable(port));
    const microphone = join(dir, 'speech.wav');
    writeSpeech(microphone, 'From behind this wall only one way leads out, and the sound takes it.');
    server = await startServer({
      ...{ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' },
      EARSHOT_ICE_SERVERS: JSON.stringify([
        { urls: `turn:127.0.0.2:${port}?transport=udp`, secret: 'wonderland' },
      ]),
    });
    browser = await startBrowser({ microphone });
    await browser.context.addInitScript(() => {
      const peers: RTCPeerConnection[] = [];
      Object.assign(window, { peers });
      window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(configuration?: RTCConfiguration) {
          super({ ...configuration, iceTransportPolicy: 'relay' });
          peers.push(this);
        }
      };
    });
    room = await server.room('Behind a wall', '--host', 'Ana');
    page = await browser.page(room.studio);
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    coturn?.kill('SIGTERM');
    rmSync(dir, { recursive: true, force: true });
  });

  test('comes on stage and is heard, through the relay alone', async () => {
    await joinStage(page);
    await goLive(page);
    await until('Ana speaks', async () => (await state()).stage.some((it) => it.connected && it.speaking));
    await until('the program carries it', async () => (await state()).clocks.firstSpeech !== undefined);
    let ways: Way[] = [];
    await until('each way carries sound', async () => {
      ways = await page.evaluate(waysOf);
      return ways.some(({ sent }) => sent > 10_000) && ways.every(({ received }) => received > 0);
    });
    for (const way of ways) expect(way).toMatchObject({ type: 'relay', relayProtocol: 'udp' });
  }, 240_000);
});

/** Runs in the page. */
async function waysOf(): Promise<Way[]> {
  const ways: Way[] = [];
  for (const peer of (window as unknown as { peers: RTCPeerConnection[] }).peers) {
    if (peer.connectionState !== 'connected') continue;
    const stats = await peer.getStats();
    const all = [...stats.values()];
    const transport = all.find(({ type }) => type === 'transport');
    const pair = stats.get(transport?.selectedCandidatePairId);
    const local = stats.get(pair?.localCandidateId);
    ways.push({
      type: local?.candidateType,
      relayProtocol: local?.relayProtocol,
      sent: pair?.bytesSent ?? 0,
      received: pair?.bytesReceived ?? 0,
    });
  }
  return ways;
}

const reachable = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.2');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    setTimeout(() => socket.destroy(), 500);
  });
