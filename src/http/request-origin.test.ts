import { expect, test } from 'vitest';
import { isForeign, originOf } from './request-origin.ts';

const asked = (headers: Record<string, string>): Request =>
  new Request('http://127.0.0.1:8080/compose', { method: 'POST', headers });

test.each([
  ['a program, which says nothing', {}, false],
  ['a page of ours', { 'sec-fetch-site': 'same-origin', origin: 'https://rooms.example' }, false],
  [
    'a page of ours behind a proxy that hides our name',
    { 'sec-fetch-site': 'same-origin', origin: 'https://else.example' },
    false,
  ],
  ['a page of ours in a sandbox', { 'sec-fetch-site': 'same-origin', origin: 'null' }, false],
  ['the address line', { 'sec-fetch-site': 'none' }, false],
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, true],
  [
    'another site that says it is us',
    { 'sec-fetch-site': 'cross-site', origin: 'https://rooms.example' },
    true,
  ],
  ['another port of this machine, or a sister of our name', { 'sec-fetch-site': 'same-site' }, true],
  ['an old browser, on a page of ours', { origin: 'http://rooms.example' }, false],
  ['an old browser, by the address that the door was asked for', { origin: 'http://127.0.0.1:8080' }, false],
  ['an old browser, on another port', { origin: 'http://127.0.0.1:9000' }, true],
  ['an old browser, on another site', { origin: 'https://rooms.example.evil.example' }, true],
  ['an old browser, in a sandbox', { origin: 'null' }, true],
])('of a form that %s sends it is known whether it is foreign', (_, headers, foreign) => {
  expect(isForeign(asked(headers), 'https://rooms.example')).toBe(foreign);
});

test('the origin is the one that the door says people used', () => {
  expect(originOf(asked({}))).toBe('http://127.0.0.1:8080');
  const said = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'rooms.example' };
  expect(originOf(asked(said))).toBe('https://rooms.example');
  expect(originOf(asked({ 'x-forwarded-host': 'not a host' }))).toBe('http://127.0.0.1:8080');
});
