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
    [['--acme-domains=localhost'], /names like rooms.example.org/],
    [['--acme-domains=a.example.org/..'], /names like/],
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
