import { afterEach, expect, test, vi } from 'vitest';
import { keepTheme } from '../kit/theme.ts';

afterEach(() => vi.unstubAllGlobals());

/** The theme of a page that is opened where `before` chose one. */
async function opened(before: () => void): Promise<unknown> {
  const stored = new Map<string, string>();
  const dataset: Record<string, string> = {};
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  });
  vi.stubGlobal('document', { documentElement: { dataset } });
  before();
  vi.resetModules();
  await import('./theme.ts');
  return dataset['theme'];
}

test('a theme that was chosen on a page of rooms is applied; without a choice, or with another text, none is', async () => {
  expect(await opened(() => keepTheme('dark'))).toBe('dark');
  expect(await opened(() => keepTheme('light'))).toBe('light');
  expect(await opened(() => undefined)).toBeUndefined();
  expect(await opened(() => localStorage.setItem('earshot-theme', 'x'))).toBeUndefined();
});

test('a browser that forbids storage shows the page as the system says', async () => {
  const refuse = (): never => {
    throw new DOMException('no', 'SecurityError');
  };
  expect(await opened(() => vi.stubGlobal('localStorage', { getItem: refuse }))).toBeUndefined();
});
