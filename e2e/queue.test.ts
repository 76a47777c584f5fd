import { execFile } from 'node:child_process';
import { get, type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { QueueState, TicketAnswer } from '../src/wire/queue.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { listenTo } from './rig/people.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

/** A listener of the stream. */
interface Ear {
  readonly place: string | undefined;
  readonly seat: string | undefined;
  readonly behind: number;
  /** Bytes received. */
  readonly bytes: number;
  close(): void;
}

// A room for two. The third and the fourth listener hear the delayed stream, see their place, and move up when somebody
// leaves.
describe('a cap on live listeners', () => {
  let server: Server;
  let room: MadeRoom;
  let browser: Browser | undefined;
  const ears: Ear[] = [];

  const at = (path: string): string => `${server.url}/r/${room.slug}${path}`;
  const listen = async (query = ''): Promise<Ear> => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(at(`/stream${query}`), { agent: false }, resolve).on('error', reject);
    });
    expect(response.statusCode).toBe(200);
    let bytes = 0;
    response.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('error', () => {});
    const header = (name: string): string | undefined => response.headers[name]?.toString();
    const ear = {
      place: header('earshot-place'),
      seat: header('earshot-seat'),
      behind: Number(header('earshot-behind')),
      get bytes() {
        return bytes;
      },
      close: () => response.destroy(),
    };
    ears.push(ear);
    return ear;
  };
  const queue = async (): Promise<QueueState | undefined> => {
    const response = await fetch(at('/queue.json'));
    return response.ok ? ((await response.json()) as QueueState) : undefined;
  };
  const ticket = async (shown?: string): Promise<TicketAnswer> => {
    const response = await fetch(at('/ticket'), {
      method: 'POST',
      body: JSON.stringify(shown === undefined ? {} : { ticket: shown }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as TicketAnswer;
  };
  const setCap = async (cap: number | null): Promise<void> => {
    const response = await fetch(`${server.url}/api/rooms/${room.slug}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${room.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ cap }),
    });
    expect(response.status).toBe(200);
  };
  const called = (shown: string): Promise<void> =>
    until('the ticket is called', async () => (await ticket(shown)).called);

  beforeAll(async () => {
    server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '2' });
    room = await server.room('A small room');
    await until('the program runs', async () => (await fetch(at('/state.json'))).ok);
    await setCap(2);
    await until('the cap is known', async () => (await queue())?.free === 2);
  }, 90_000);
  afterAll(async () => {
    for (const ear of ears) ear.close();
    await browser?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  let first: Ear;
  test('two hear the live edge, the third and the fourth the delayed stream', async () => {
    first = await listen();
    expect(first.place).toBe('live');
    await until('one place is left', async () => (await queue())?.free === 1);
    // A door without a free place puts its first listeners on the delayed stream for a moment; they move up by
    // themselves.
    await listen();
    await until('both places are taken', async () => (await queue())?.free === 0);
    const third = await listen();
    const fourth = await listen();
    expect([third.place, fourth.place]).toEqual(['ring', 'ring']);
    await until('the delayed stream is heard', async () => third.bytes > 0 && fourth.bytes > 0);
  });

  test('an HLS player that comes now is not sent to the live edge, and what it is sent to plays', async () => {
    const lists = async (): Promise<string[]> => {
      const text = await (await fetch(at('/live/main.m3u8'))).text();
      return text.split('\n').filter((line) => line.endsWith('.m3u8'));
    };
    await until('the main playlist leads elsewhere', async () =>
      (await lists()).every((line) => /^\w+\.(ring|slow)\.m3u8$/.test(line)),
    );
    const seconds = async (list: string): Promise<number> => {
      const args = [
        '-v',
        'error',
        '-i',
        at(`/live/${list}`),
        '-t',
        '3',
        '-ac',
        '1',
        '-ar',
        '8000',
        '-f',
        's16le',
        '-',
      ];
      const { stdout, stderr } = await promisify(execFile)('ffmpeg', args, {
        encoding: 'buffer',
        timeout: 30_000,
      });
      expect(stderr.toString()).toBe('');
      expect(stdout.some((byte) => byte > 0)).toBe(true);
      return stdout.length / 16_000;
    };
    expect(await seconds((await lists())[0] ?? '')).toBeCloseTo(3, 1);
    expect(await seconds('opus64.ring.m3u8')).toBeCloseTo(3, 1);
  });

  test('a ticket has a place in line that anyone can check, and moves up when somebody leaves', async () => {
    const mine = await ticket();
    expect(mine.called).toBe(false);
    await until('the line knows of it', async () =>
      Boolean((await queue())?.buckets.some(({ minute, tickets }) => minute === mine.minute && tickets > 0)),
    );
    expect((await listen(`?ticket=${mine.ticket}`)).place).toBe('ring');
    first.close();
    await called(mine.ticket);
    const up = await listen(`?ticket=${mine.ticket}`);
    expect(up.place).toBe('live');
    await until('the place is taken', async () => (await queue())?.free === 0);
    // Its connection drops and returns to a full room: the seat is kept.
    const { seat = '' } = up;
    up.close();
    expect((await listen(`?ticket=${seat}`)).place).toBe('live');
  });

  test('a page waits in line, hears the delayed stream meanwhile, and moves up without a click', async () => {
    browser = await startBrowser({});
    const page = await listenTo(browser, at(''));
    const card = page.getByRole('region', { name: 'In line for the live edge' });
    await card.waitFor();
    await card.getByText(/ahead of you/).waitFor();
    expect(await card.getByRole('status').textContent()).not.toMatch(/undefined|NaN/);
    expect(await card.textContent()).toMatch(/\d+ seconds late/);
    const cookie = (await browser.context.cookies(at(''))).find(({ name }) => name === 'earshot-ticket');
    expect(cookie).toMatchObject({ path: `/r/${room.slug}`, sameSite: 'Lax' });
    // A second tab presents the same ticket and gains nothing.
    expect((await ticket(cookie?.value)).ticket).toBe(cookie?.value);
    const { minute } = await ticket(cookie?.value);
    await until('the line knows of it', async () =>
      Boolean((await queue())?.buckets.some((bucket) => bucket.minute === minute && bucket.tickets > 0)),
    );
    // Some listeners of the delayed stream have moved up meanwhile; everyone else leaves.
    for (const ear of ears) ear.close();
    // The card reports it and disappears; the sound continues.
    await card.waitFor({ state: 'hidden', timeout: 60_000 });
    await page.waitForFunction(() => {
      const audio = document.querySelector('audio');
      return audio && !audio.paused && audio.readyState >= 3;
    });
    expect(await page.locator('.sentence').textContent()).not.toMatch(/30 seconds/);
    await page.close();
    await until('both places are free again', async () => (await queue())?.free === 2);
    for (let free = 2; free > 0; free--) {
      await listen();
      await until('the next one is counted', async () => ((await queue())?.free ?? 2) < free);
    }
  });

  test('without scripts and without cookies: a button, a place in the address, and sound', async () => {
    const before = await fetch(at('/queue'));
    expect(before.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await before.text()).toContain('Take a place in line');
    const posted = await fetch(at('/ticket'), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(posted.status).toBe(303);
    const page = await (await fetch(server.url + posted.headers.get('location'))).text();
    const sound = /<audio [^>]*src="([^"]+)"/.exec(page)?.[1] ?? '';
    const response = await fetch(server.url + sound);
    expect(response.headers.get('earshot-place')).toBe('ring');
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
    await reader?.cancel();
  });

  test('every place survives the end of every process', async () => {
    const mine = await ticket();
    await until('the line knows of it', async () =>
      Boolean((await queue())?.buckets.some(({ minute }) => minute === mine.minute)),
    );
    const before = await queue();
    for (const [role, index] of [
      ['studio', 0],
      ['door', 0],
      ['door', 1],
      ['site', 0],
    ] as const) {
      const pid = server.child(role, index);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    }
    let after: QueueState | undefined;
    await until(
      'the queue is back',
      async () => {
        after = await queue().catch(() => undefined);
        return after !== undefined && after.places === 2;
      },
      60_000,
    );
    expect(after?.admitted.minute).toBeGreaterThanOrEqual(before?.admitted.minute ?? 0);
    expect(after?.seq).toBeGreaterThanOrEqual(before?.seq ?? 0);
    const again = await ticket(mine.ticket);
    expect(again).toMatchObject({ minute: mine.minute, rank: mine.rank });
    expect(again).not.toHaveProperty('note');
    const history = await (await fetch(at('/queue.jsonl'))).text();
    const states = history
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as QueueState);
    expect(states.map(({ seq }) => seq)).toEqual(states.map((_, i) => i + 1));
  });

  test('without the cap everyone hears the live edge again, and nobody queues', async () => {
    // The site and the doors may still be coming back from their end.
    await until('the cap is gone', () =>
      setCap(null).then(
        () => true,
        () => false,
      ),
    );
    await until('everyone is live', async () => {
      const ear = await listen().catch(() => undefined);
      if (ear?.place !== 'live') ear?.close();
      return ear?.place === 'live';
    });
    await until('nobody waits', async () => ((await queue())?.places ?? 0) === 0);
  });
});
