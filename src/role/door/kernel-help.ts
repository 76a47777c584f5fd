import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/index.ts';
import { checkLightTls, checkUring, type DoorDeps } from '../../door/index.ts';
import { type Openssl, openOpenssl } from '../../native/openssl.ts';
import { openTcpInfo } from '../../native/tcp-info.ts';
import { openUring, type Uring } from '../../native/uring.ts';

/**
 * Opens the features of the kernel and of OpenSSL that a door can use on this machine, and logs why others are
 * missing.
 */
export async function openKernelHelp(
  config: Config,
  log: Log,
  tls: boolean,
): Promise<Pick<DoorDeps, 'uring' | 'tcpInfo' | 'openssl'>> {
  const uring = await rowUring(config, log);
  const tcpInfo = await openTcpInfo();
  if (typeof tcpInfo === 'string')
    log.info(
      { why: tcpInfo },
      'the kernel does not report slow readers here: a listener who reads nothing for minutes is closed',
    );
  const openssl = tls ? await lightTls(config, log) : undefined;
  return {
    ...(uring ? { uring } : {}),
    ...(typeof tcpInfo === 'string' ? {} : { tcpInfo }),
    ...(openssl ? { openssl } : {}),
  };
}

/** io_uring for writing to many listeners in one call; only after a trial has shown that it works. */
async function rowUring(config: Config, log: Log): Promise<Uring | undefined> {
  const uring = config.ioUring ? await openUring() : 'the setting ioUring is "no"';
  const why = typeof uring === 'string' ? uring : await checkUring(uring);
  if (typeof uring !== 'string' && why === undefined) return uring;
  if (typeof uring !== 'string') uring[Symbol.dispose]();
  log.info(
    { why },
    'io_uring cannot be used: each write to a listener is a call of its own, which takes a little more CPU',
  );
  return undefined;
}

/**
 * OpenSSL for streams over TLS that keep a key instead of the connection; only after a trial has shown that it works.
 */
async function lightTls(config: Config, log: Log): Promise<Openssl | undefined> {
  const openssl = config.lightTls ? await openOpenssl() : 'the setting lightTls is "no"';
  const why = typeof openssl === 'string' ? openssl : await checkLightTls(openssl);
  if (typeof openssl !== 'string' && why === undefined) return openssl;
  log.info({ why }, 'TLS streams keep the whole connection: 40 kB more memory per listener');
  return undefined;
}
