/** A real door in front of an endless pure tone, coded by the real encoders. The test sets its delivery. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { FRAGMENT_MS, ms } from '../src/base/time.ts';
import { type Door, type DoorOrigin, LIMITS, open, openPages } from '../src/door/index.ts';
import { retime } from '../src/media/fragment-slot.ts';
import { type PackagedLoop, packageLoop } from '../src/packager/index.ts';
import { RENDITIONS } from '../src/wire/renditions.ts';
import { earPage } from './ear.ts';

const CODED = RENDITIONS.filter(({ id }) => id === 'opus64' || id === 'opus16');
/** 3.2 s: whole periods of 440 Hz, so that the loop is endless. */
const LOOP = 10;
const WINDOW = 144;

/** What a test can do with it. */
export interface ToneDoor extends AsyncDisposable {
  /** The page with the player; the sound comes from `base`. */
  readonly url: string;
  readonly base: string;
  readonly door: Door;
  /** The delivery of the room from now on. */
  delivery: { period: number; ceiling?: number };
  /** Renditions that are coded now. */
  readonly coded: Set<string>;
  /** The place of newcomers. */
  place: 'live' | 'ring';
}

let loops: Promise<Map<string, PackagedLoop>> | undefined;
const encode = (): Promise<Map<string, PackagedLoop>> =>
  packageLoop({
    renditions: CODED,
    fragments: LOOP,
    render(block, out) {
      for (let i = 0; i < 960; i++) {
        const sample = 0.125 * Math.sin((2 * Math.PI * 440 * (block * 960 + i)) / 48_000);
        out[2 * i] = sample;
        out[2 * i + 1] = sample;
      }
    },
  });

/** Opens it with the room `tone`; `player` is the script of the page. */
export async function openToneDoor(player: string): Promise<ToneDoor> {
  loops ??= encode();
  const tones = await loops;
  const zero = performance.now() - 1_000_000 * FRAGMENT_MS;
  const listeners: Parameters<DoorOrigin['onFragment']>[0][] = [];
  const coded = new Set(CODED.map(({ id }) => id));
  const held = new Map<string, { seq: number; bytes: Buffer }[]>(CODED.map(({ id }) => [id, []]));
  let next = 1_000_000 - WINDOW;
  const tick = (): void => {
    for (; zero + next * FRAGMENT_MS <= performance.now(); next++) {
      for (const id of coded) {
        const bytes = retime('fmp4', tones.get(id)?.fragments[next % LOOP] as Uint8Array, next);
        const list = held.get(id) ?? [];
        list.push({ seq: next, bytes });
        if (list.length > WINDOW) list.shift();
        for (const listen of listeners) listen('tone', id, next, bytes);
      }
    }
  };
  tick();
  const timer = setInterval(tick, 5);
  const origin: DoorOrigin = {
    onFragment: (listen) => void listeners.push(listen),
    onEnd() {},
    join(_slug, rendition, { after, margin = 0, at }) {
      const list = held.get(rendition) ?? [];
      if (list.length === 0) return 'studio-away';
      const from =
        at ?? (after === undefined ? next - Math.ceil((FRAGMENT_MS + margin) / FRAGMENT_MS) : after + 1);
      return {
        init: tones.get(rendition)?.init as Uint8Array,
        fragments: list.filter(({ seq }) => seq >= from),
        untilNext: ms(zero + next * FRAGMENT_MS - performance.now()),
        period: ms(FRAGMENT_MS),
      };
    },
    answer: () => undefined,
    card: () => undefined,
    cards: () => [],
    state: () => undefined,
  };
  const page = earPage(player);
  const pages = createServer((request, response) => {
    if (!page(request.url ?? '', response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  const state = {
    delivery: { period: 320 } as { period: number; ceiling?: number },
    place: 'live' as 'live' | 'ring',
  };
  const door = await open({
    ...{
      clock: systemClock,
      log: silentLog,
      port: 0,
      host: '127.0.0.1',
      reusePort: false,
      name: 'tone',
      origin,
    },
    site: { socketPath: '/nonexistent/site' },
    cell: () => ({ socketPath: '/nonexistent/cell' }),
    assets: new Map(),
    pages: openPages({ manifest: {} }),
    limits: LIMITS,
    backlog: 64,
    delivery: () => state.delivery,
    queue: { answer: () => undefined, place: () => ({ at: state.place }) },
  });
  return Object.assign(state, {
    url: `http://127.0.0.1:${(pages.address() as AddressInfo).port}`,
    base: `http://127.0.0.1:${door.port}`,
    ...{ door, coded },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      pages.closeAllConnections();
      await door[Symbol.asyncDispose]();
      await new Promise((resolve) => pages.close(resolve));
    },
  });
}
