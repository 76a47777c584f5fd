import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, test } from 'vitest';
import { selfSigned } from '../../../test/certificate.ts';
import { openDialler } from '../people/connection.ts';
import { findAddress, serverName } from './address.ts';

test('the name of a certificate is the host alone; an IP address has none', () => {
  expect(serverName('rooms.example.org:8443')).toBe('rooms.example.org');
  expect(serverName('rooms.example.org')).toBe('rooms.example.org');
  for (const name of ['192.0.2.7', '192.0.2.7:8443', '[2001:db8::7]', '[2001:db8::7]:8443'])
    expect([name, serverName(name)]).toEqual([name, undefined]);
});

test('of all addresses of a name, one that takes connections is found', async () => {
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer();
    const there = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(0, host, () => resolve(true));
    });
    // A machine without IPv6.
    if (!there) continue;
    const { port } = server.address() as AddressInfo;
    try {
      const found = findAddress(new URL(`https://localhost:${port}`));
      const here = await found.catch((error: Error) => error);
      // Where localhost is only 127.0.0.1, a server at ::1 is not found.
      if (host === '127.0.0.1' || !(here instanceof Error))
        expect(here).toEqual({ host, port, tls: true, name: `localhost:${port}` });
    } finally {
      server.close();
    }
  }
  await expect(findAddress(new URL('http://127.0.0.1:1'))).rejects.toThrow(/ECONNREFUSED/);
});

test('a connection over TLS asks for the certificate of the host, without its port', async () => {
  const asked: string[] = [];
  const server = createTlsServer({
    ...selfSigned(),
    SNICallback: (name, take) => {
      asked.push(name);
      take(null);
    },
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    for (const name of [`localhost:${port}`, `127.0.0.1:${port}`]) {
      const error = await new Promise((resolve) => {
        const wire = { opened: () => {}, data: () => {}, over: (_: unknown, code?: string) => resolve(code) };
        openDialler({ host: '127.0.0.1', port, tls: true, name }).dial(wire, undefined);
      });
      // The certificate is checked: this one is self-signed.
      expect(error).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    }
    expect(asked).toEqual(['localhost']);
  } finally {
    server.close();
  }
});
