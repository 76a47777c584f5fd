/**
 * The stage's cost of forwarding: N speakers who all talk, each heard by the N − 1 others and by the mixer.
 * The clients run in another process; only the stage's CPU is counted.
 * `npm run bench -- stage [speakers=10] [seconds=20]`
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { systemClock } from '../src/base/clock.ts';
import type { Slug, SpeakerId } from '../src/base/ids.ts';
import { silentLog } from '../src/base/log.ts';
import { openTokens } from '../src/keys/token.ts';
import { open } from '../src/stage/index.ts';
import { isRtcp, writeRtp } from '../src/stage/rtp/rtp.ts';
import { type Client, newSsrc, openClient } from '../test/webrtc.ts';

/** An Opus packet of 32 kbit/s at 20 ms. */
const PAYLOAD_BYTES = 80;
const slug = 'bench' as Slug;
const tokens = openTokens(Buffer.alloc(32, 1));
const [role = '10', second = '20', third = '0'] = process.argv.slice(2);
if (role === 'clients') await clients(Number(second), Number(third));
else await main(Number(role), Number(second));

async function main(speakers: number, seconds: number): Promise<void> {
  const stage = await open({
    clock: systemClock,
    log: silentLog,
    tokens,
    udpPort: 0,
    iceServers: [],
    maxSpeakers: speakers,
  });
  let packets = 0;
  stage.openRoom(slug, {
    packet() {
      packets += 1;
    },
    joined() {},
    left() {},
    muted() {},
    removed() {},
    changed() {},
  });
  const port = await new Promise<number>((done) => {
    serve({ fetch: stage.fetch, port: 0, hostname: '127.0.0.1' }, (at) => done(at.port));
  });
  const idle = await measure(3_000);
  const child = fork(fileURLToPath(import.meta.url), ['clients', String(port), String(speakers)]);
  const next = (): Promise<number> =>
    new Promise((done) => child.once('message', (count) => done(Number(count))));
  await next();
  child.send('talk');
  await new Promise((done) => setTimeout(done, 2_000));
  child.send('count');
  const before = await next();
  const taken = packets;
  const busy = await measure(seconds * 1_000);
  child.send('count');
  const forwarded = (await next()) - before;
  const cpu = busy - idle * (seconds / 3);
  console.log(
    JSON.stringify({
      speakers,
      seconds,
      taken: packets - taken,
      forwarded,
      expected: (packets - taken) * (speakers - 1),
      microsecondsPerForwardedPacket: Number(((cpu * 1e6) / forwarded).toFixed(1)),
      shareOfACore: Number((cpu / seconds).toFixed(3)),
      rssMegabytes: Math.round(process.memoryUsage().rss / 1e6),
    }),
  );
  child.kill();
  await stage[Symbol.asyncDispose]();
  process.exit(0);
}

/** CPU seconds this process uses in `duration` ms. */
async function measure(duration: number): Promise<number> {
  const from = process.cpuUsage();
  await new Promise((done) => setTimeout(done, duration));
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

async function clients(port: number, speakers: number): Promise<void> {
  const toServer = (request: Request): Promise<Response> =>
    fetch(request.url.replace('http://stage.test', `http://127.0.0.1:${port}`), {
      method: request.method,
      headers: request.headers,
      body: request.body,
      duplex: 'half',
    } as RequestInit);
  let received = 0;
  let talking = false;
  const mics: { mic: Client; ear: Client; ssrc: number }[] = [];
  for (let i = 0; i < speakers; i += 1) {
    const token = await tokens.sign({ slug, speaker: `s${i}` as SpeakerId, role: 'speaker', name: `s${i}` });
    const ssrc = newSsrc();
    const mic = await openClient(toServer, '/r/bench/whip', token, [
      { mid: '0', direction: 'SendOnly', ssrc, level: true },
    ]);
    const ear = await openClient(
      toServer,
      '/r/bench/whep',
      token,
      Array.from({ length: speakers - 1 }, (_, line) => ({
        mid: String(line),
        direction: 'RecvOnly' as const,
        level: true,
      })),
    );
    await Promise.all([mic.connected(), ear.connected()]);
    ear.heard((_, bytes) => {
      if (!isRtcp(bytes)) received += 1;
    });
    mics.push({ mic, ear, ssrc });
  }
  process.on('message', (what) => {
    if (what === 'talk') talking = true;
    else process.send?.(received);
  });
  let due = performance.now();
  let sequence = 0;
  const payload = new Uint8Array(PAYLOAD_BYTES).fill(0x78);
  setInterval(() => {
    for (; due <= performance.now(); due += 20) {
      if (!talking) continue;
      sequence += 1;
      const head = {
        payloadType: 111,
        marker: false,
        sequence: sequence & 0xffff,
        timestamp: sequence * 960,
      };
      for (const { mic, ssrc } of mics)
        mic.send(0, writeRtp({ ...head, ssrc, levelId: 1, level: 20 }, payload));
    }
  }, 5);
  process.send?.(0);
}
