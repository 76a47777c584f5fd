import type { Page } from 'playwright-core';
import type { Browser } from './browser.ts';

/** A host starts a room from the home page as a person does: two fields, one button. Returns their studio page. */
export async function startRoom(browser: Browser, home: string, title: string, name: string): Promise<Page> {
  const page = await browser.page(home);
  await page.getByLabel('What is it about?').fill(title);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Open the studio' }).click();
  await page.waitForURL(/\/studio(#|$)/);
  return page;
}

/** Joins the stage on a studio page. */
export async function joinStage(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Join the stage' }).click();
  await page.locator('.mute-key').waitFor();
}

/** The host presses Go live, unless the room is live. */
export async function goLive(page: Page): Promise<void> {
  const live = page.getByRole('button', { name: 'Back to hold music' });
  if (await live.isVisible()) return;
  await page.getByRole('button', { name: 'Go live' }).click();
  await live.waitFor({ timeout: 60_000 }).catch(async (error) => {
    throw new Error(`not live; the page says: ${(await page.locator('main').innerText()).slice(0, 800)}`, {
      cause: error,
    });
  });
}

/** The host ends the room, in its two steps. */
export async function endRoom(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'End for everyone…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^End/ }).click();
}

/** The host creates a link for a speaker. Returns the link from the page. */
export async function inviteSpeaker(page: Page, name: string): Promise<string> {
  await page.getByLabel('Their name (optional)').fill(name);
  await page.getByRole('button', { name: 'Make a link' }).click();
  const field = page.locator('input[readonly]').last();
  await field.waitFor();
  return field.inputValue();
}

/** A listener opens the room and presses Listen. */
export async function listenTo(browser: Browser, url: string): Promise<Page> {
  const page = await browser.page(url);
  await page.getByRole('button', { name: /^Listen/ }).click();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('audio')].some((a) => !a.paused && a.currentTime > 0),
  );
  return page;
}
