/** The studio, the replay, and every page that a stranger can open, as axe-core sees them. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Stop } from './rig/axe-walk.ts';
import { raiseHand } from './rig/hands.ts';
import { endRoom, goLive, joinStage } from './rig/people.ts';
import { type Server, until } from './rig/server.ts';
import { isHeard, openAll, press, startWalkedServer, stopsAt } from './rig/walked-server.ts';

/** Several times what it takes on two idle processors. */
const LIMIT_MS = 400_000;
const CLIP_MS = 6_000;
/** What is said by then can be in a clip. */
const CLIP_AFTER_MS = 22_000;
/** Dialogs of a host by their keys: keys, sound, the end. */
const DIALOGS = ['?', 'd', 'e'];

const AFTERWARDS: readonly Stop[] = [
  { what: 'room, ended', path: '/r/hall' },
  { what: 'room, ended, without scripts', path: '/r/hall', plain: true },
  { what: 'player elsewhere, ended', path: '/r/hall/embed' },
  { what: 'clip, gone', path: '/r/hall/clip/k3v9x2m4q8' },
  {
    what: 'room, replay',
    path: '/r/hall',
    closely: true,
    act: async (on) => {
      await press(on, /replay/i);
      await isHeard(on);
      await openAll(on);
    },
  },
];

async function openIncident(server: Server): Promise<string> {
  await server.cli('incident', 'open', 'The sound is thin');
  const list = await (await fetch(`${server.url}/incidents`)).text();
  return /href="incidents\/(\d{8}-\d{6}b*)\.html"/.exec(list)?.[1] ?? '';
}

test(
  'neither the studio nor any page of the table of addresses has a fault that axe can see',
  async () => {
    await using walked = await startWalkedServer();
    const { walk, server, browser, api } = walked;
    const hall = await walked.made('hall');
    const host = await browser.page(hall.studio);
    await host.getByRole('button', { name: 'Join the stage' }).waitFor();
    await walk.look('studio, before joining', host);
    await joinStage(host);
    await goLive(host);
    const began = Date.now();
    await raiseHand(server.url, hall.slug, 1);
    await raiseHand(server.url, hall.slug, 2);
    await host.getByText('Topic 2').waitFor();
    await openAll(host);
    await walk.look('studio, live, hands raised, all unfolded', host, { closely: true });
    for (const key of DIALOGS) {
      await host.locator('body').press(key);
      await host.getByRole('dialog').first().waitFor();
      await walk.look(`studio, the dialog of ${key}`, host);
      await host.keyboard.press('Escape');
    }
    const incident = await openIncident(server);
    await until('there is enough for a clip', () => Date.now() - began > CLIP_AFTER_MS);
    const to = Date.now() - CLIP_MS;
    const { id: clip } = await api<{ id: string }>('POST', '/api/rooms/hall/clips', {
      ...{ title: 'A word', from: new Date(to - CLIP_MS).toISOString(), to: new Date(to).toISOString() },
    });
    await api('POST', '/api/rooms/hall/chapters', { title: 'The budget' });
    await endRoom(host);
    await host.getByRole('heading', { name: 'The room has ended' }).waitFor();
    await walk.look('studio, ended', host);
    await host.close();

    const tabs = await walked.tabs(3);
    const [stranger] = tabs as [Page];
    const paths = await walked.pagesOfTable(stranger, (example) =>
      example.replace(/\/clip\/[^./]+/, `/clip/${clip}`).replace(/\d{8}-\d{6}/, incident),
    );
    expect(paths).toEqual(expect.arrayContaining([`/r/hall/clip/${clip}`, `/incidents/${incident}`]));
    await walk.visitAll(tabs, [...AFTERWARDS, ...stopsAt(paths, 'a stranger')]);
    expect(walk.faults).toEqual([]);
  },
  LIMIT_MS,
);
