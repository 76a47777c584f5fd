import { expect, test } from 'vitest';
import { load } from './index.ts';

const of = (...flags: string[]) => load({ flags, cores: 4 });

test('settings of TLS that do not fit together are refused with what to do', () => {
  for (const [flags, why] of [
    [['--tls-cert=a.pem'], /EARSHOT_TLS_CERT and EARSHOT_TLS_KEY: set both/],
    [['--tls-key=a.pem'], /set both/],
    [['--http-port=80'], /EARSHOT_HTTP_PORT = 80: only beside TLS/],
    [['--tls-cert=a', '--tls-key=b', '--http-port=8080'], /that is EARSHOT_PORT already/],
    [['--acme-domains=a.example.org', '--acme-agree=yes'], /set EARSHOT_HTTP_PORT/],
    [['--acme-domains=a.example.org', '--http-port=80'], /EARSHOT_ACME_AGREE=yes/],
    [['--acme-domains=a.example.org', '--tls-cert=a', '--tls-key=b'], /choose one/],
    [['--acme-domains=localhost'], /the whole name, such as rooms.example.org/],
    [['--acme-domains=a.example.org/..'], /the name alone/],
    [['--acme-email=nobody'], /e-mail address/],
    [['--acme-directory=http://a.example.org'], /https URL/],
    [['--http-port=99999'], /off or a port/],
    [['--trusted-proxies=10.0.0.0/33'], /addresses or networks/],
    [['--trusted-proxies=10.0.0.0/8/8'], /addresses or networks/],
    [['--trusted-proxies=proxy.local'], /addresses or networks/],
  ] as const)
    expect(() => of(...flags)).toThrow(why);
});

test('with names to obtain a certificate for, links follow the first; the port is written unless it is 443', () => {
  const acme = ['--acme-domains=Rooms.Example.org, b.example.org', '--acme-agree=yes', '--http-port=80'];
  const config = of(...acme, '--port=443', '--trusted-proxies=10.0.0.0/8, ::1');
  expect(config.acmeDomains).toEqual(['rooms.example.org', 'b.example.org']);
  expect(config.publicUrl).toBe('https://rooms.example.org');
  expect(config.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
  expect(of(...acme).publicUrl).toBe('https://rooms.example.org:8080');
  expect(of(...acme, '--public-url=https://c.example.org').publicUrl).toBe('https://c.example.org');
  expect([of().publicUrl, of().httpPort, of().trustedProxies]).toEqual([undefined, undefined, []]);
});

test('names for a certificate: other scripts become punycode, and impossible names are refused with a reason', () => {
  const acme = (names: string) =>
    of(`--acme-domains=${names}`, '--acme-agree=yes', '--http-port=80').acmeDomains;
  expect(acme('Bücher.example, rooms.example.org., ROOMS.example.org')).toEqual([
    'xn--bcher-kva.example',
    'rooms.example.org',
  ]);
  expect(acme('дом.рф, xn--bcher-kva.example')).toEqual(['xn--d1aqf.xn--p1ai', 'xn--bcher-kva.example']);
  for (const [names, why] of [
    ['*.example.org', /a wildcard cannot be had by HTTP-01.*List each name/],
    ['b.example.org,*.bücher.example', /wildcard/],
    ['https://rooms.example.org/', /the name alone/],
    ['rooms.example.org:443', /the name alone/],
    ['192.0.2.7', /not for IP addresses/],
    ['2001:db8::1', /not for IP addresses/],
    ['my_rooms.example.org', /with _/],
    ['localhost', /the whole name/],
    ['-a.example.org', /names like rooms\.example\.org/],
    ['a b.example.org', /names like rooms\.example\.org/],
    [`${'a.'.repeat(130)}org`, /names like rooms\.example\.org/],
    [Array.from({ length: 101 }, (_, i) => `a${i}.example.org`).join(), /at most 100 names/],
  ] as const)
    expect(() => acme(names), names).toThrow(why);
});
