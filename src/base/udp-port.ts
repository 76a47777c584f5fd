import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';

/** Error codes of a system without IPv6 for an IPv6 address. */
const NO_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EPROTONOSUPPORT']);

/** Why a UDP port cannot be used, in words that end with what to do; undefined when it is free at this moment. */
export async function udpPortTrouble(port: number, address?: string): Promise<string | undefined> {
  const failed = await bound(port, address);
  if (typeof failed === 'number') return undefined;
  const at = address === undefined ? '' : ` at ${address}`;
  if (failed.code === 'EADDRINUSE')
    return `UDP port ${port}${at} cannot be used: another program is using it, perhaps another Earshot. Stop that one, or choose another port: --udp-port ${port + 100 > 65_000 ? port - 100 : port + 100}`;
  if (failed.code === 'EACCES' || failed.code === 'EPERM')
    return `UDP port ${port}${at} cannot be used: this user may not open it. Choose a port above 1023: --udp-port 7700`;
  if (failed.code === 'EADDRNOTAVAIL' || failed.code === 'ENOTFOUND' || failed.code === 'EINVAL')
    return `UDP port ${port}${at} cannot be used: this machine has no such address. Look at "ip address"`;
  if (failed.code === 'EMFILE' || failed.code === 'ENFILE')
    return `UDP port ${port}${at} cannot be used: no open files are left. Raise the limit (LimitNOFILE=)`;
  return `UDP port ${port}${at} cannot be used: ${failed.message}`;
}

/** A UDP port that is free at this moment. @throws when the address is not available. */
export async function freeUdpPort(address?: string): Promise<number> {
  const port = await bound(0, address);
  if (typeof port !== 'number') throw port;
  return port;
}

/**
 * Binds and closes at once, in both address families if no address is given: with a port that is free in only one of
 * them, half of the speakers could not connect.
 */
async function bound(port: number, address: string | undefined): Promise<number | NodeJS.ErrnoException> {
  if (address !== undefined && address !== '::') return bindOnce('udp4', port, address);
  const both = await bindOnce('udp6', port, '::');
  return typeof both !== 'number' && NO_IPV6.has(both.code ?? '') ? bindOnce('udp4', port, '0.0.0.0') : both;
}

async function bindOnce(
  family: 'udp4' | 'udp6',
  port: number,
  address: string,
): Promise<number | NodeJS.ErrnoException> {
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : family);
  try {
    return await new Promise((done) => {
      socket.once('error', done);
      socket.bind({ port, address, exclusive: true }, () => done(socket.address().port));
    });
  } finally {
    // Also after a failed bind, because the socket has its descriptor even then.
    await new Promise<void>((done) => socket.close(() => done()));
  }
}
