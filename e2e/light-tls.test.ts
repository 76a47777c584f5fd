import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfSigned, writeCertificate } from '../test/certificate.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { detect } from './rig/detector.ts';
import { listenTo } from './rig/people.ts';
import { freePort, type Server, startServer, until } from './rig/server.ts';
import { run } from './rig/sound.ts';
import { beyond, countStops } from './rig/stops.ts';

// A stream over TLS keeps only its write key once it runs. Only other implementations can show that they still
// understand it.
const folder = mkdtempSync(join(tmpdir(), 'earshot-light-'));
let server: Server;
let browser: Browser;
let room: { slug: string; url: string };
let metrics: number;
beforeAll(async () => {
  metrics = await freePort();
  const files = writeCertificate(folder, selfSigned());
  server = await startServer({
    EARSHOT_TLS_CERT: files.cert,
    EARSHOT_TLS_KEY: files.key,
    NODE_EXTRA_CA_CERTS: files.cert,
    EARSHOT_METRICS_PORT: String(metrics),
    EARSHOT_DOORS: '1',
    EARSHOT_CELLS: '1',
  });
  room = await server.room('Light', '--url', `https://localhost:${server.port}`);
  await server.cli('room', 'open', room.slug);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const offloaded = async (): Promise<number> => {
  const text = await (
    await fetch(`http://127.0.0.1:${metrics}/metrics`, { headers: { connection: 'close' } })
  ).text();
  return Number(/tls_offloaded_total(?:\{[^}]*\})? (\d+)/.exec(text)?.[1] ?? 0);
};

test('Chromium keeps playing without a gap or a new connection', async () => {
  await browser?.[Symbol.asyncDispose]();
  browser = await startBrowser({ flags: ['--ignore-certificate-errors'] });
  const before = await offloaded();
  const page = await listenTo(browser, room.url);
  const heard = await detect(page, 'element');
  await until('its stream keeps only a key', async () => (await offloaded()) > before);
  const stops = countStops();
  const begun = await heard();
  await until('ten seconds more', async () => (await heard()).seconds > begun.seconds + 10, 40_000);
  const holes = (await heard()).holes.slice(begun.holes.length);
  // A short stall of the machine stops Chromium's own audio thread.
  expect(beyond(holes.length, stops()), holes.join(' ')).toBe(0);
  expect(await offloaded()).toBe(before + 1);
  expect(browser.complaints).toEqual([]);
});

test('GnuTLS reads it as well (ffmpeg)', async () => {
  const before = await offloaded();
  const said = run('ffmpeg', [
    ...['-hide_banner', '-tls_verify', '0', '-t', '8', '-i', `${room.url}/stream`],
    ...['-af', 'volumedetect', '-f', 'null', '-'],
  ]);
  expect(said).toContain('time=00:00:08');
  expect(said).not.toMatch(/error|invalid/i);
  expect(Number(/max_volume: (-?[\d.]+) dB/.exec(said)?.[1])).toBeGreaterThan(-50);
  expect(await offloaded()).toBe(before + 1);
});
