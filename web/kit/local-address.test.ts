import { expect, test } from 'vitest';
import { localHost } from './local-address.ts';

test('an address for this computer only is distinguished from one that others can open', () => {
  expect(localHost('http://localhost:8080/r/talk')).toBe('localhost');
  expect(localHost('http://127.0.0.1:8080/')).toBe('127.0.0.1');
  expect(localHost('http://127.9.9.9/')).toBe('127.9.9.9');
  expect(localHost('http://[::1]:8080/')).toBe('[::1]');
  expect(localHost('http://rooms.localhost/')).toBe('rooms.localhost');
  for (const open of [
    'https://rooms.example.org/',
    'http://192.168.1.7:8080/',
    'http://localhost.example.org/',
  ])
    expect(localHost(open)).toBeUndefined();
});
