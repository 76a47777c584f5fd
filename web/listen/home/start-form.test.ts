import { expect, test, vi } from 'vitest';
import { detailsEnglish } from '../../kit/details-english.ts';
import { english } from '../../kit/english.ts';
import { authorization, keepKey, keyIn, takeKey } from '../../kit/operator-key.ts';
import { startProblem } from './start-form.ts';

const words = { ...english, ...detailsEnglish };
const NOW = Date.UTC(2026, 10, 29);

test('a start in the past, too far away or half filled in is explained under its field', () => {
  expect(startProblem(NOW + 60_000, NOW, words)).toBe('');
  expect(startProblem(NOW - 1, NOW, words)).toBe('Choose a time in the future.');
  expect(startProblem(NOW + 366 * 86_400_000 + 1, NOW, words)).toBe('Choose a time within a year.');
  expect(startProblem(Number.NaN, NOW, words)).toMatch(/^Give a day and a time/);
});

test('the operator may paste the whole link, or only the key', () => {
  expect(keyIn(' https://host/#operator=abc.def ')).toBe('abc.def');
  expect(keyIn('#operator=abc.def')).toBe('abc.def');
  expect(keyIn('abc.def')).toBe('abc.def');
});

test('a page that was opened with the operator’s link says so, also when the link was cut short', () => {
  const open = (hash: string) => {
    const replaceState = vi.fn();
    vi.stubGlobal('location', { hash, pathname: '/', search: '' });
    vi.stubGlobal('history', { replaceState });
    const opened = takeKey();
    expect(replaceState).toHaveBeenCalledTimes(opened ? 1 : 0);
    const key = authorization();
    keepKey('');
    vi.unstubAllGlobals();
    return { opened, key };
  };
  expect(open('#operator=abc.def')).toEqual({ opened: true, key: { authorization: 'Bearer abc.def' } });
  expect(open('#operator=')).toEqual({ opened: true, key: {} });
  expect(open('#operator')).toEqual({ opened: true, key: {} });
  expect(open('#start')).toEqual({ opened: false, key: {} });
});

test('where storage is forbidden the key is good for as long as the page stands', () => {
  expect(globalThis).not.toHaveProperty('sessionStorage');
  expect(authorization()).toEqual({});
  keepKey('abc.def');
  expect(authorization()).toEqual({ authorization: 'Bearer abc.def' });
  keepKey('');
  expect(authorization()).toEqual({});
});
