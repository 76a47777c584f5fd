import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stateOfCard } from '../../../src/wire/room.ts';
import { roomAt, useKeys } from '../../kit/room-name.ts';
import { type LedPage, leadOn } from './lead-on.ts';

const NEXT = { slug: 'two', title: 'Two', at: 1 };
let went: string[];
let otherStatus: string;
const address = { hash: '', replace: (to: string) => void went.push(to) };

beforeEach(() => {
  went = [];
  otherStatus = 'live';
  address.hash = '';
  vi.useFakeTimers();
  vi.stubGlobal('location', address);
  vi.stubGlobal('history', {
    state: null,
    replaceState: (_: null, __: '', to: string) => went.push(`shows ${to}`),
  });
  vi.stubGlobal('document', { querySelectorAll: () => [], querySelector: () => null });
  vi.stubGlobal('fetch', async () => Response.json({ status: otherStatus }));
});
afterEach(() => {
  useKeys({ named: (name) => name, renew: async () => undefined });
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function page(sound: { on: boolean; replay?: object; state?: string }) {
  const heard: string[] = [];
  const card = { slug: 'one', title: 'One', hosts: ['Ana'], status: 'live' as const, clocks: {} };
  const plans = { continuedBy: NEXT };
  const news = { state: { ...stateOfCard(card, 0, 10), plans }, zero: 5 as number | undefined };
  const made = {
    ...{ slug: 'one', words: {}, news },
    sound: {
      ...sound,
      player: { state: sound.state ?? 'playing', onChange: () => undefined },
      pause: () => void heard.push(`leaves ${roomAt('one')}`),
      live: () => void heard.push(`hears ${roomAt('one')}`),
    },
  };
  return { heard, news, sound: made.sound, led: leadOn(made as unknown as LedPage, NEXT) };
}

test('whoever listens hears the other room on the same page, whose state is that room’s from then on', async () => {
  const { heard, news, led } = page({ on: true });
  await vi.advanceTimersByTimeAsync(5_000);
  await led;
  expect(heard).toEqual(['leaves /r/one', 'hears /r/two']);
  expect(went).toEqual(['shows /r/two']);
  expect(news.state).toMatchObject({ slug: 'two' });
  expect(news.state).not.toHaveProperty('plans');
  expect(news.zero).toBeUndefined();
});

test('a room that ends while its listeners change does not stop them', async () => {
  const { heard, sound, led } = page({ on: true });
  Object.assign(sound, { on: false });
  Object.assign(sound.player, { state: 'ended' });
  await vi.advanceTimersByTimeAsync(5_000);
  await led;
  expect(heard).toEqual(['leaves /r/one', 'hears /r/two']);
});

test('whoever listens to a private room hears the next one below its own key, by what opened the first', async () => {
  const shown: string[] = [];
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => (name === 'earshot-pass-one' ? 'a pass' : null),
    setItem: (name: string, value: string) => void shown.push(`${name}=${value}`),
  });
  vi.stubGlobal('fetch', async (url: string, { body }: RequestInit) => {
    shown.push(`${url} ${body}`);
    return Response.json({ key: 'f'.repeat(40) });
  });
  vi.stubGlobal('document', {
    ...{ querySelectorAll: () => [], querySelector: () => null, addEventListener: () => undefined },
  });
  Object.assign(address, { pathname: '/r/one' });
  useKeys({ named: (name) => `${name}~old`, renew: async () => undefined });
  const { heard, led } = page({ on: true });
  await vi.advanceTimersByTimeAsync(5_000);
  await led;
  expect(heard).toEqual(['leaves /r/one~old', `hears /r/two~${'f'.repeat(40)}`]);
  expect(shown).toEqual(['/r/two/enter {"pass":"a pass"}', 'earshot-pass-two=a pass']);
  expect(went).toEqual(['shows /r/two']);
});

test('whoever does not listen is sent to the other room while it is live, unless they came here on purpose', async () => {
  await page({ on: false }).led;
  expect(went).toEqual(['/r/two']);
  went = [];
  address.hash = '#here';
  await page({ on: false }).led;
  address.hash = '';
  otherStatus = 'ended';
  await page({ on: false }).led;
  await page({ on: true, replay: {} }).led;
  expect(went).toEqual([]);
});
