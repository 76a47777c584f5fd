/** The zone of a room, from the request to the calendar, as both databases keep it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { silentLog } from '../../src/base/log.ts';
import { epochMs } from '../../src/base/time.ts';
import { open as openRooms, type Rooms } from '../../src/room/index.ts';
import { open as openStore, type Store } from '../../src/store/index.ts';
import { manualClock } from '../clock.ts';
import { readCalendar } from '../foreign/feed-readers.ts';
import { HOUR, inMs, MINUTE, NOW, tokens } from '../rooms.ts';
import { type Postgres, startPostgres } from './postgres.ts';

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-zone-'));
  let postgres: Postgres | undefined;
  let store: Store;
  let rooms: Rooms;
  /** Whatever was in memory is gone: what is told is what the database has. */
  const reopen = async (): Promise<void> => {
    await rooms?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
    store = await openStore({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
    rooms = await openRooms({
      ...{ store, tokens, clock: manualClock(epochMs(NOW)), log: silentLog, publicUrl: 'https://x.example' },
      ...{ cells: 1, openLead: 15 * MINUTE, idleEnd: 2 * HOUR },
    });
  };
  beforeAll(async () => {
    postgres = engine === 'postgres' ? await startPostgres() : undefined;
    await reopen();
  });
  afterAll(async () => {
    await rooms?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (method: string, path: string, body?: object, token?: string) => {
    const headers = {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
    const sent = body ? { body: JSON.stringify(body) } : {};
    const answer = await rooms.fetch(
      new Request(`http://door.internal${path}`, { method, headers, ...sent }),
    );
    return { status: answer.status, text: await answer.text() };
  };
  const made = async (body: object): Promise<string> => {
    const { status, text } = await ask('POST', '/api/rooms', {
      title: 'Talk',
      start: inMs(30 * 24 * HOUR),
      ...body,
    });
    expect(status, text).toBe(201);
    return (JSON.parse(text) as { token: string }).token;
  };
  const zoneOf = async (slug: string): Promise<unknown> =>
    (JSON.parse((await ask('GET', `/api/rooms/${slug}`)).text) as { zone?: string }).zone;
  const entryOf = async (slug: string) => {
    const { text } = await ask('GET', `/r/${slug}/event.ics`);
    const [event] = readCalendar(text).events;
    return {
      line: /DTSTART[^\r]*/.exec(text.split('BEGIN:VEVENT')[1] ?? '')?.[0],
      sequence: event?.sequence,
      at: event?.startDate.toJSDate().getTime(),
    };
  };

  test('is kept by its own name, is in the calendar, and raises its sequence when it changes', async () => {
    const token = await made({ slug: 'kolkata', zone: 'Asia/Calcutta' });
    await reopen();
    expect(await zoneOf('kolkata')).toBe('Asia/Kolkata');
    const at = NOW + 30 * 24 * HOUR;
    expect(await entryOf('kolkata')).toEqual({
      line: 'DTSTART;TZID=Asia/Kolkata:20260131T173000',
      sequence: 0,
      at,
    });
    const change = async (zone: string | null) => ask('PATCH', '/api/rooms/kolkata', { zone }, token);
    expect((await change('Asia/Kolkata')).status).toBe(200);
    expect((await entryOf('kolkata')).sequence).toBe(0);
    expect((await change('Europe/Paris')).status).toBe(200);
    await reopen();
    expect(await entryOf('kolkata')).toEqual({
      line: 'DTSTART;TZID=Europe/Paris:20260131T130000',
      sequence: 1,
      at,
    });
    expect((await change(null)).status).toBe(200);
    await reopen();
    expect(await zoneOf('kolkata')).toBeUndefined();
    expect(await entryOf('kolkata')).toEqual({ line: 'DTSTART:20260131T120000Z', sequence: 2, at });
  });

  test('is none where nobody has said one, and that is UTC', async () => {
    await made({ slug: 'nowhere' });
    await reopen();
    expect(await zoneOf('nowhere')).toBeUndefined();
    expect((await entryOf('nowhere')).line).toBe('DTSTART:20260131T120000Z');
  });

  test.each(['+01:00', 'Mars/Olympus', 'Factory', 'Europe/Paris\r\nX:1', 'a'.repeat(5_000), 7])(
    'is refused in words where there is none such: %#',
    async (zone) => {
      const answer = await ask('POST', '/api/rooms', { title: 'Talk', zone });
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('zone: use the name of a time zone, such as Europe/Paris');
    },
  );

  test('a form without scripts means the clock of its zone', async () => {
    const send = (fields: Record<string, string>) =>
      rooms.fetch(
        new Request('http://door.internal/api/rooms', {
          ...{ method: 'POST', body: new URLSearchParams({ title: 'Form', ...fields }) },
          headers: { origin: 'https://x.example', 'sec-fetch-site': 'same-origin' },
        }),
      );
    expect((await send({ slug: 'form', start: '2026-07-01T20:00', zone: 'America/New_York' })).status).toBe(
      303,
    );
    expect((await entryOf('form')).line).toBe('DTSTART;TZID=America/New_York:20260701T200000');
    expect((await send({ slug: 'utc', start: '2026-07-01T20:00', zone: '' })).status).toBe(303);
    expect((await entryOf('utc')).line).toBe('DTSTART:20260701T200000Z');
    const no = await send({ start: '2026-07-01T20:00', zone: 'Atlantis' });
    expect(no.status).toBe(422);
    expect(await no.text()).toContain('such as Europe/Paris');
  });
});
