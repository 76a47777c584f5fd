import { expect, test } from 'vitest';
import { type Arrived, isLocal, isLoopbackHost } from './local.ts';

const here: Arrived = {
  ...{ remoteAddress: '127.0.0.1', listed: false, httpVersion: '1.1', headers: { host: 'localhost:8080' } },
};

test.each<[string, Partial<Arrived>]>([
  ['by name', {}],
  ['by IPv4', { headers: { host: '127.0.0.1:8080' } }],
  ['by IPv6', { remoteAddress: '::1', headers: { host: '[::1]:8080' } }],
  ['mapped into IPv6', { remoteAddress: '::ffff:127.0.0.1' }],
  ['with what browsers send', { headers: { host: 'LOCALHOST.', 'accept-language': 'fr', cookie: 'a=b' } }],
])('a request on this machine itself is local: %s', (_, more) => {
  expect(isLocal({ ...here, ...more })).toBe(true);
});

test.each<[string, Partial<Arrived>]>([
  ['from another machine', { remoteAddress: '192.0.2.1' }],
  ['from an address that only begins so', { remoteAddress: '127.0.0.1.example' }],
  ['from nowhere', { remoteAddress: undefined }],
  ['through a listed proxy', { listed: true }],
  ['to a foreign name that leads here (DNS rebinding)', { headers: { host: 'evil.example:8080' } }],
  ['to a name that begins so', { headers: { host: 'localhost.evil.example' } }],
  ['to a name that ends so', { headers: { host: 'evillocalhost' } }],
  ['to an address that begins so', { headers: { host: '127.0.0.1.evil.example' } }],
  ['to no name', { headers: {} }],
  ['in HTTP/1.0, as proxies that add nothing speak', { httpVersion: '1.0' }],
  ...['x-forwarded-for', 'x-real-ip', 'forwarded', 'via', 'x-forwarded-host', 'cf-connecting-ip'].map(
    (name): [string, Partial<Arrived>] => [
      `with ${name}`,
      { headers: { host: 'localhost', [name]: '127.0.0.1' } },
    ],
  ),
])('a request is not local %s', (_, more) => {
  expect(isLocal({ ...here, ...more })).toBe(false);
});

test.each(['foo.localhost', '127.8.9.1', 'localhost'])('%s means this machine', (host) => {
  expect(isLoopbackHost(host)).toBe(true);
});
