/** Being reminded of a room in a real browser: the page, what the worker shows, where a press on it leads, mail without scripts. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { smtpServer } from '../test/smtp.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { freePort, type MadeRoom, type Server, startServer } from './rig/server.ts';

let server: Server;
let browser: Browser;
let room: MadeRoom;
let mail: Awaited<ReturnType<typeof smtpServer>>;
const START = new Date(Date.now() + 86_400_000);

beforeAll(async () => {
  mail = await smtpServer();
  const port = await freePort();
  server = await startServer({
    ...{ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_PORT: String(port) },
    ...{ EARSHOT_SMTP_URL: `smtp://127.0.0.1:${mail.port}`, EARSHOT_PUBLIC_URL: `http://127.0.0.1:${port}` },
    EARSHOT_OUTGOING_ALLOW: '127.0.0.1',
  });
  browser = await startBrowser({ serviceWorkers: true });
  room = await server.room('An evening', '--start', START.toISOString());
}, 120_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  await mail?.close();
});

const remind = (): string => `${server.url}/r/${room.slug}/remind`;

/** The titles and bodies of what the browser shows. */
const shown = (page: Page) =>
  page.evaluate(async () =>
    (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, tag, silent }) => ({
      ...{ title, body, tag, silent },
    })),
  );

test('from the room’s page one press leads to the reminders; without push the page says so, and the others stay', async () => {
  const page = await browser.page(room.url);
  await page.getByRole('link', { name: 'Remind me' }).click();
  await page.getByRole('heading', { name: 'An evening' }).waitFor();
  // This Chromium reaches no push service, and would never answer: whoever presses is told so, in words.
  await browser.context.grantPermissions(['notifications'], { origin: server.url });
  await page.getByRole('button', { name: 'Remind me on this device' }).dblclick();
  await page.getByText('Your browser could not subscribe.').waitFor({ timeout: 40_000 });
  expect(await page.getByRole('button', { name: 'Remind me on this device' }).isEnabled()).toBe(true);
  expect(await page.getByRole('link', { name: 'Calendar entry' }).getAttribute('href')).toContain(
    'event.ics',
  );
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}, 60_000);

test('what is pushed is shown in the reader’s time; late takes the place of soon, twice is shown once, and a press leads to the room', async () => {
  const page = await browser.page(remind());
  await browser.context.grantPermissions(['notifications'], { origin: server.url });
  await page.evaluate(() =>
    navigator.serviceWorker.register('/service-worker.js').then(() => navigator.serviceWorker.ready),
  );
  const cdp = await browser.context.newCDPSession(page);
  const registration = new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [one] = registrations;
      if (one) resolve(one.registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  const registrationId = await registration;
  const tag = 'x'.repeat(32);
  const deliver = (edition: number, title: string, body: string): Promise<unknown> =>
    cdp.send('ServiceWorker.deliverPushMessage', {
      ...{ origin: server.url, registrationId },
      data: JSON.stringify({
        ...{ v: 1, id: `${tag}.${edition}`, tag, language: 'en', title, body, at: START.getTime() },
        url: `/r/${room.slug}`,
      }),
    });
  await deliver(1, 'An evening', 'Starts at {time}.');
  const time = await page.evaluate(
    (at) => new Date(at).toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit' }),
    START.getTime(),
  );
  await expect
    .poll(() => shown(page))
    .toMatchObject([{ title: 'An evening', body: `Starts at ${time}.`, silent: false }]);
  await deliver(2, 'Late: An evening', 'It begins late: the train');
  await expect.poll(() => shown(page)).toMatchObject([{ title: 'Late: An evening', silent: false }]);
  // Again, and older: nothing rings, and the newest stays.
  await deliver(2, 'Late: An evening', 'It begins late: the train');
  await expect.poll(() => shown(page)).toMatchObject([{ title: 'Late: An evening', silent: true }]);
  await deliver(1, 'An evening', 'Starts at {time}.');
  await page.waitForTimeout(500);
  expect(await shown(page)).toMatchObject([{ title: 'Late: An evening' }]);

  const [worker] = browser.context.serviceWorkers();
  const pressed = async (url: string): Promise<void> => {
    await worker?.evaluate(async (to) => {
      const scope = globalThis as unknown as {
        registration: ServiceWorkerRegistration;
        NotificationEvent: new (type: string, init: object) => Event;
      };
      const [one] = await scope.registration.getNotifications();
      const notification = { close: () => one?.close(), data: { ...(one?.data as object), url: to } };
      const event = new Event('notificationclick');
      Object.assign(event, { notification, waitUntil: () => undefined });
      globalThis.dispatchEvent(event);
    }, url);
  };
  await pressed('https://evil.example/');
  await expect.poll(() => shown(page)).toEqual([]);
  expect(browser.context.pages().every((one) => !one.url().includes('evil'))).toBe(true);
}, 60_000);

test('by mail it works without scripts, in French as well: nothing before the address is confirmed, and one press to leave', async () => {
  await using plain = await startBrowser({ javaScript: false, locale: 'fr-FR' });
  const page = await plain.page(`${server.url}/r/${room.slug}`);
  await page.getByRole('link', { name: 'Me le rappeler' }).click();
  expect(await page.getByRole('button', { name: 'Me le rappeler sur cet appareil' }).isVisible()).toBe(false);
  await page.getByLabel('Votre adresse de courriel').fill('zoe@example.org');
  await page.getByRole('button', { name: 'Me le rappeler par courriel' }).click();
  await page.getByText('Un lien est en route').waitFor();
  await expect.poll(() => mail.received.length, { timeout: 20_000 }).toBe(1);
  const link = /http:\/\/127\.0\.0\.1:\d+\/reminder\/[\w-]{22}/.exec(mail.received[0]?.text ?? '')?.[0] ?? '';
  await page.goto(link);
  await page.getByRole('button', { name: 'Oui, me le rappeler' }).click();
  await page.getByText('Un courriel vous préviendra.').waitFor();
  await page.goto(remind());
  await page.getByText('1 personne sera prévenue.').waitFor();
  // The room's page says it as well, a moment later.
  await expect
    .poll(async () => (await fetch(room.url)).text(), { timeout: 20_000 })
    .toContain('1 person will be reminded.');
  const scripted = await browser.page(room.url);
  await scripted.getByRole('link', { name: 'Remind me' }).waitFor();
  await scripted.getByText('1 person will be reminded.').waitFor();
  await scripted.close();
  await page.goto(link);
  await page.getByRole('button', { name: 'Ne plus me le rappeler' }).click();
  await page.getByText('Il n’y a plus de rappel pour vous.').waitFor();
  await page.goto(link);
  await page.getByText('Ce rappel n’existe plus').waitFor();
}, 90_000);
