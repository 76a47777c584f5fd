import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RoomState } from '../src/wire/room.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { delays, detect, type Heard, median } from './rig/detector.ts';
import { endRoom, goLive, inviteSpeaker, joinStage, listenTo, startRoom } from './rig/people.ts';
import { type Server, startServer, until } from './rig/server.ts';
import { bursts, run, writeSpeech, writeWav } from './rig/sound.ts';
import { beyond, countStops } from './rig/stops.ts';

// The whole path of a voice with three people: a host speaks, a guest answers, a listener hears it live and in the
// replay.
describe('from a microphone to an ear', () => {
  let dir: string;
  let server: Server;
  const browsers: Browser[] = [];
  const guests: Browser[] = [];
  let host: Page;
  let listener: Page;
  let roomUrl: string;
  let slug: string;
  let said: () => Promise<Heard>;
  let heard: () => Promise<Heard>;

  const open = async (options: Parameters<typeof startBrowser>[0]): Promise<Browser> => {
    const browser = await startBrowser(options);
    browsers.push(browser);
    return browser;
  };
  const state = async (): Promise<RoomState> =>
    (await (await fetch(`${roomUrl}/state.json`)).json()) as RoomState;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'earshot-journey-'));
    writeWav(join(dir, 'bursts.wav'), bursts(60));
    writeSpeech(
      join(dir, 'guest.wav'),
      'Good evening. I am the guest, and I have a great deal to say about radio.',
    );
    server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '2' });
  });
  afterAll(async () => {
    for (const browser of browsers) await browser[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  test('a host starts a room in two clicks and is on stage', async () => {
    const browser = await open({ microphone: join(dir, 'bursts.wav'), plainMicrophone: true });
    host = await startRoom(browser, server.url, 'A journey', 'Ana');
    slug = new URL(host.url()).pathname.split('/')[2] ?? '';
    roomUrl = `${server.url}/r/${slug}`;
    await joinStage(host);
    await until('Ana is on stage', async () =>
      (await state()).stage.some((p) => p.name === 'Ana' && p.connected),
    );
    expect((await state()).status).toBe('open');
  });

  test('a listener who comes early hears music, and is told why', async () => {
    const browser = await open({ autoplay: false });
    listener = await listenTo(browser, roomUrl);
    heard = await detect(listener, 'element');
    await until('music', async () => (await heard()).peak > 0.005);
    expect((await heard()).onsets).toEqual([]);
    expect(await listener.locator('main').innerText()).toMatch(/[Mm]usic/);
  });

  test('when the host goes live the listener hears the microphone, gapless, within two seconds', async () => {
    said = await detect(host, 'microphone');
    await goLive(host);
    // On a retry it waits for five more.
    const before = (await heard()).onsets.length;
    await until('five bursts', async () => (await heard()).onsets.length >= before + 5, 30_000);
    const late = delays((await said()).onsets, (await heard()).onsets.slice(before));
    expect(late.length).toBeGreaterThanOrEqual(3);
    console.log(`microphone to ear: median ${median(late).toFixed(0)} ms of ${late.length}`);
    expect(median(late)).toBeLessThan(2000);
    expect((await state()).program.carries).toBe('stage');
    expect((await state()).clocks.firstSpeech).toBeGreaterThan(0);
  });

  test('a guest joins by a link; host and guest hear each other, and the audience hears both', async () => {
    // On a retry it is another guest; the previous one has left.
    await guests.at(-1)?.context.close();
    const name = `Ben${guests.length === 0 ? '' : ` ${guests.length + 1}`}`;
    const link = await inviteSpeaker(host, name);
    const browser = await open({ microphone: join(dir, 'guest.wav') });
    guests.push(browser);
    const guest = await browser.page(link);
    await joinStage(guest);
    const guestHears = await detect(guest, 'incoming');
    await until('Ben is on stage', async () => (await state()).stage.filter((p) => p.connected).length === 2);
    await until('the guest hears the host', async () => (await guestHears()).onsets.length >= 6, 40_000);
    const late = delays((await said()).onsets, (await guestHears()).onsets, 2000);
    console.log(
      `microphone to the other speaker's ear: median ${median(late).toFixed(0)} ms of ${late.length}`,
    );
    expect(median(late)).toBeLessThan(1000);
    await until('Ben speaks', async () => (await state()).stage.some((p) => p.name === name && p.speaking));
  });

  test("no gap in ten seconds of the listener's sound", async () => {
    const stops = countStops();
    const before = (await heard()).holes.length;
    const { seconds } = await heard();
    await until('ten more seconds', async () => (await heard()).seconds > seconds + 10, 30_000);
    const holes = (await heard()).holes.slice(before);
    // A short stall of the machine stops Chromium's own audio thread.
    expect(beyond(holes.length, stops()), holes.join(' ')).toBe(0);
  });

  test('no error in any console', () => {
    // A session that was lost while the machine was stalled is replaced; the browser itself reports the loss of the old
    // one.
    const lost = / 404 .*\/wh[ie]p\//;
    for (const { complaints } of browsers) expect(complaints.filter((said) => !lost.test(said))).toEqual([]);
  });

  test('the host ends the room: the page says so and plays it again from the beginning', async () => {
    await endRoom(host);
    await until('it has ended', async () => (await state()).status === 'ended');
    await until('the page says so', async () =>
      /[Ee]nded at/.test(await listener.locator('main').innerText()),
    );
    const browser = await open({});
    const page = await browser.page(roomUrl);
    await page
      .getByRole('button', { name: /[Pp]lay/ })
      .first()
      .click();
    const again = await detect(page, 'element');
    await until('the replay sounds', async () => (await again()).peak > 0.005);
  });

  test('the download is one file in which the same bursts are heard', async () => {
    const file = join(dir, 'replay.m4a');
    const response = await fetch(`${roomUrl}/replay.m4a`);
    expect(response.status).toBe(200);
    writeFileSync(file, Buffer.from(await response.arrayBuffer()));
    const report = run('ffmpeg', [
      '-hide_banner',
      '-i',
      file,
      '-af',
      'bandpass=f=1500:w=100,astats',
      '-f',
      'null',
      '-',
    ]);
    const peak = Number(/Peak level dB: (-?[\d.]+)/.exec(report)?.[1]);
    expect(peak).toBeGreaterThan(-30);
    const minutes =
      Number(/Duration: 00:(\d\d)/.exec(report)?.[1]) * 60 +
      Number(/Duration: 00:\d\d:([\d.]+)/.exec(report)?.[1]);
    expect(minutes).toBeGreaterThan(10);
  });
});
