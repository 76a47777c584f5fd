import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RoomState, StagePerson } from '../src/wire/room.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { endRoom, goLive, inviteSpeaker, joinStage } from './rig/people.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';
import { writeSpeech } from './rig/sound.ts';

// What goes wrong at a mixing desk, with two people in two browsers.
/** Kills a process, unless it is gone already. */
function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The next process has another id.
  }
}

describe('the studio page', () => {
  let dir: string;
  let server: Server;
  let browser: Browser;
  let other: Browser;
  let room: MadeRoom;
  let host: Page;
  let guest: Page;
  let link: string;

  const state = async (): Promise<RoomState> =>
    (await (await fetch(`${room.url}/state.json`)).json()) as RoomState;
  const person = async (name: string): Promise<StagePerson | undefined> =>
    (await state()).stage.find((it) => it.name === name);

  /** Discards console errors so far, which were expected because a studio died. */
  const forget = (): void => {
    browser.complaints.length = 0;
    other.complaints.length = 0;
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'earshot-studio-'));
    const microphone = join(dir, 'speech.wav');
    writeSpeech(
      microphone,
      'One two three four, and so on, as long as anybody wants to hear me count to ten.',
    );
    server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
    browser = await startBrowser({ microphone });
    other = await startBrowser({ microphone, viewport: { width: 390, height: 844 } });
    room = await server.room('Desk', '--host', 'Ana');
    host = await browser.page(room.studio);
    await joinStage(host);
    link = await inviteSpeaker(host, 'Ben');
    guest = await other.page(link);
    await joinStage(guest);
    await until(
      'both are on stage',
      async () => (await state()).stage.filter((it) => it.connected).length === 2,
    );
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await other?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  test('a page without a link says what to do, and offers the one that this device knows', async () => {
    const page = await browser.page(`${room.url}/studio`);
    await page.getByRole('heading', { name: 'This device knows your link' }).waitFor();
    await page.getByRole('button', { name: 'Open the studio with your link' }).click();
    await page.getByRole('button', { name: 'Join the stage' }).waitFor();
    await page.close();
  });

  test('the token is not in the address, survives a reload, and the host link stays on the page', async () => {
    const page = await browser.page(room.studio);
    await page.getByRole('button', { name: 'Join the stage' }).waitFor();
    expect(page.url()).toBe(`${room.url}/studio`);
    await page.reload();
    await page.getByRole('button', { name: 'Join the stage' }).waitFor();
    await browser.context.grantPermissions(['microphone', 'clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy the host link' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(room.studio);
    await page.close();
  });

  test('both see each other’s level move', async () => {
    const name = await guest.getByRole('listitem', { name: /^Ana/ }).getAttribute('data-person');
    await guest.waitForFunction((id) => {
      const rest = document.querySelector<HTMLElement>(`[data-person="${id}"] .meter-rest`);
      return Number(rest?.style.getPropertyValue('--rest')) < 0.7;
    }, name);
  });

  test('the host mutes with a key; the speaker unmutes only when asked to', async () => {
    await host.keyboard.press('2');
    await host.keyboard.press('k');
    await until('Ben is muted', async () => (await person('Ben'))?.muted === true);
    await guest.getByText('Ana muted you.').waitFor();
    await guest.getByRole('button', { name: 'Muted by the host: ask to speak' }).click();
    await guest.getByText('You have asked to speak').waitFor();
    expect((await person('Ben'))?.muted).toBe(true);
    await host.getByText('Ben asks to speak.').waitFor();
    await host.getByRole('button', { name: 'Let speak: Ben' }).click();
    await guest.locator('.message').getByRole('button', { name: 'Unmute' }).click();
    await until('Ben is heard', async () => (await person('Ben'))?.muted === false);
  });

  test('a second window of the same link asks before it takes over, and the first stays out', async () => {
    const second = await other.page(link);
    await second.getByRole('button', { name: 'Join the stage' }).click();
    await second.getByText('You are already on stage with this link').waitFor();
    await second.getByRole('button', { name: 'Take over here' }).click();
    await second.locator('.mute-key').waitFor();
    await guest.getByText('You are already on stage with this link').waitFor();
    expect((await state()).stage.map((it) => it.name)).toEqual(['Ana', 'Ben']);
    await guest.close();
    guest = second;
  });

  test('everyone muted on air: the host is told who hears nothing, and one press ends it', async () => {
    await goLive(host);
    await guest.locator('.mute-key').click();
    await host.locator('.mute-key').click();
    const banner = host.getByRole('alert').filter({ hasText: 'You are muted' });
    await banner.waitFor({ timeout: 10_000 });
    await banner.getByRole('button', { name: 'Unmute yourself' }).click();
    await banner.waitFor({ state: 'detached' });
    await until('Ana is open', async () => (await person('Ana'))?.muted === false);
  });

  test('a dead studio is reported, and everyone comes back in the same order by themselves', async () => {
    // It would return within a second, so it is killed repeatedly until the page's message has been read.
    let read = false;
    const dying = (async () => {
      for (; !read; await new Promise((resolve) => setTimeout(resolve, 300))) {
        const pid = server.child('studio', 0);
        if (pid !== undefined) killed(pid);
      }
    })();
    try {
      await host.getByText('The studio is restarting. Meanwhile the audience hears hold music').waitFor();
      // Meanwhile the page must not claim that anybody is on the air.
      expect(await host.locator('.mark').textContent()).toBe('Restarting');
      expect(await host.locator('.strip.on-air').count()).toBe(0);
      await host.getByText('unknown right now').waitFor();
    } finally {
      read = true;
      await dying;
    }
    await until(
      'both are back',
      async () => (await state()).stage.filter((it) => it.connected).length === 2,
      40_000,
    );
    await host.getByText('The studio is restarting.').waitFor({ state: 'detached' });
    forget();
  });

  test('somebody removed from the stage is told so, and stays out', async () => {
    // Asked to speak and removed right after it: the question disappears with the stage.
    await host.getByRole('button', { name: 'Ask to unmute: Ben' }).click();
    await guest.getByText('Ana asks you to speak.').waitFor();
    await host.getByRole('button', { name: 'More for Ben' }).click();
    await host.getByRole('button', { name: 'Remove from the stage…' }).click();
    await host.getByRole('button', { name: 'Remove', exact: true }).click();
    await guest.getByRole('heading', { name: 'You were removed from the stage' }).waitFor();
    await until('Ben is gone', async () => (await person('Ben')) === undefined);
    expect(await guest.locator('.message').count()).toBe(0);
    expect(await guest.getByRole('alert').allInnerTexts()).toEqual(['']);
    // Their link is invalid, so it is not in the list of links that can be sent again.
    expect(await host.locator('.invite-row').count()).toBe(0);
  });

  test('the end leads to the replay', async () => {
    await endRoom(host);
    await host.getByRole('heading', { name: 'The room has ended' }).waitFor();
    await host.getByRole('link', { name: 'Download the recording' }).waitFor();
    await host.getByText('Most connections at once').waitFor();
    const replay = host.getByRole('link', { name: 'Listen again from the beginning' });
    expect(await replay.getAttribute('href')).toBe(`/r/${room.slug}`);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect([...browser.complaints, ...other.complaints]).toEqual([]);
  });
});
