import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { createDecoder } from 'libopus-wasm';
import { expect, test } from 'vitest';
import { systemClock } from '../src/base/clock.ts';
import type { Slug, SpeakerId } from '../src/base/ids.ts';
import { silentLog } from '../src/base/log.ts';
import type { Packet } from '../src/base/media.ts';
import { openTokens } from '../src/keys/token.ts';
import { open } from '../src/stage/index.ts';

const SCRIPT = fileURLToPath(new URL('./rig/gstreamer-whip.py', import.meta.url));
/** One minute in a full run; CI uses less. */
const SECONDS = Number(process.env.EARSHOT_FOREIGN_SECONDS ?? 8);

test('GStreamer publishes through WHIP: every packet arrives with the tone that it sent', async () => {
  const slug = 'theatre' as Slug;
  const tokens = openTokens(Buffer.alloc(32, 5));
  await using stage = await open({
    clock: systemClock,
    log: silentLog,
    tokens,
    udpPort: 0,
    iceServers: [],
    maxSpeakers: 1,
  });
  const packets: Packet[] = [];
  const left: string[] = [];
  stage.openRoom(slug, {
    packet: (packet) => void packets.push(packet),
    joined() {},
    left: (id) => void left.push(id),
    muted() {},
    removed() {},
    changed() {},
  });
  let close = (): void => undefined;
  const port = await new Promise<number>((done) => {
    const http = serve({ fetch: stage.fetch, port: 0, hostname: '127.0.0.1' }, (at) => done(at.port));
    close = () => void http.close();
  });
  const token = await tokens.sign({
    slug,
    speaker: 'gst' as SpeakerId,
    role: 'speaker',
    name: 'GStreamer',
  });
  const url = `http://127.0.0.1:${port}/r/theatre/whip`;
  const child = spawn('/usr/bin/python3', [SCRIPT, url, token, String(SECONDS)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const status = await new Promise((done) => child.once('exit', done));
  close();
  expect(status, complaint).toBe(0);
  expect(left).toEqual(['gst']);
  expect(packets.length).toBeGreaterThan((SECONDS - 2) * 50);
  packets.forEach((packet, index) => {
    const before = packets[index - 1];
    if (before) expect((packet.sequence - before.sequence) & 0xffff).toBe(1);
  });
  using decoder = await createDecoder({ channels: 1, maxFrameSize: 5_760 });
  let [crossings, samples, last] = [0, 0, 0];
  for (const { payload } of packets)
    for (const sample of decoder.decodeFloat(payload)) {
      if (last < 0 && sample >= 0) crossings += 1;
      last = sample;
      samples += 1;
    }
  console.log(`GStreamer: ${packets.length} packets in ${SECONDS} s, ${(crossings / samples) * 48_000} Hz`);
  expect(Math.abs((crossings / samples) * 48_000 - 440)).toBeLessThan(2);
});
