import { constants, randomBytes } from 'node:crypto';
import { createSecureContext, createServer, type SecureContextOptions } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { EarshotError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import {
  type Certificate,
  type CertificateFiles,
  certificateStamp,
  readCertificate,
} from '../certificate/certificate.ts';
import { acceptedUnder } from '../native/node-internals.ts';
import type { Counters } from './metrics/counters.ts';
import { type Connection, connectionOf } from './socket/connection.ts';
import type { TlsOffload } from './socket/tls-offload.ts';

/** How a door speaks TLS. */
export interface DoorTls {
  readonly files: CertificateFiles;
  /**
   * True when the files may be missing at first (they are being obtained); until they arrive, handshakes are refused.
   */
  readonly later: boolean;
  /**
   * The current keys for session tickets, 48 bytes that are never written to disk: the same in all doors, so that
   * each can resume sessions of the others. Default: the door's own.
   */
  readonly ticketKeys?: () => Uint8Array;
  /**
   * True when programs on this machine may speak plain HTTP on the same port, because the certificate names no
   * host that they could use.
   * Default false.
   */
  readonly plainLocal?: boolean;
}

/** What TLS needs of the door. */
export interface TlsDeps extends DoorTls {
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  /** Offloads connections that carry a stream. */
  readonly tlsOffload?: TlsOffload | undefined;
  /** Receives a connection whose handshake is done. */
  secured(connection: Connection): void;
}

/** The TLS of one door. */
export interface Tls extends Disposable {
  /** True once there is a certificate. */
  readonly ready: boolean;
  /** Starts the handshake of a connection, which is destroyed if that fails. */
  take(connection: Connection): void;
  /** Checks whether the files have changed, and loads them; a bad change leaves the last good certificate in use. */
  reload(): Promise<void>;
}

const RELOAD_EVERY = ms(5_000);
/** Seconds a session ticket is valid; keys change each day, so it may be less. */
const SESSION_S = 12 * 3600;
/**
 * AES-128 first: it has fewer rounds than AES-256. ChaCha goes first for clients that put it first: phones without
 * AES instructions.
 */
const CIPHERS =
  'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:' +
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:' +
  'ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384';

/**
 * Key exchanges, best first, where any that the client has sent a key for comes before any that it would have to be
 * asked for: that costs another round trip and another key. So a browser gets the exchange that quantum computers
 * cannot break, and a client that sends only X25519 is not asked for more. OpenSSL's own list would ask.
 */
const GROUPS = 'X25519MLKEM768:X25519:P-256:X448:P-384:P-521';
/** `GROUPS`, or OpenSSL's own list where it does not know all of them. */
function groups(): string {
  try {
    createSecureContext({ ecdhCurve: GROUPS });
    return GROUPS;
  } catch {
    return 'auto';
  }
}

/**
 * Opens TLS 1.2 and 1.3 with the certificate of the files.
 * @throws EarshotError `bad-config` when they cannot be used and not `later`.
 */
export async function openTls(deps: TlsDeps): Promise<Tls> {
  const { clock, log, counters, files } = deps;
  const own = randomBytes(48);
  const ecdhCurve = groups();
  const keysNow = deps.ticketKeys ?? (() => own);
  const options = (certificate: Certificate | undefined, keys: Uint8Array): SecureContextOptions => ({
    ...(certificate && { cert: certificate.cert, key: certificate.key }),
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: true,
    ecdhCurve,
    secureOptions: constants.SSL_OP_PRIORITIZE_CHACHA | constants.SSL_OP_NO_RENEGOTIATION,
    sessionIdContext: 'earshot',
    sessionTimeout: SESSION_S,
    ticketKeys: Buffer.from(keys),
  });
  let stamp: string | undefined;
  let certificate: Certificate | undefined;
  let keys = keysNow();
  try {
    stamp = await certificateStamp(files);
    certificate = await readCertificate(files);
  } catch (error) {
    if (!deps.later) throw error;
    log.info({ cert: files.cert }, 'no certificate yet: TLS connections are refused until there is one');
  }
  const server = createServer({
    ...options(certificate, keys),
    ALPNProtocols: ['http/1.1'],
    // No timer for each: the entrance closes whoever has not finished in time.
    handshakeTimeout: -1,
  });
  server.on('secureConnection', (socket) => {
    const connection = connectionOf(acceptedUnder(socket) ?? socket);
    connection.become(socket);
    deps.secured(connection);
  });
  server.on('tlsClientError', () => {
    counters.badHandshakes += 1;
  });
  const use = (): void => {
    keys = keysNow();
    server.setSecureContext(options(certificate, keys));
  };
  const tell = (): void => {
    if (!certificate) return;
    const { names, until, fingerprint } = certificate;
    const fields = { names, until: new Date(until).toISOString(), fingerprint };
    if (until < clock.wall())
      log.error(fields, 'the certificate has expired: browsers refuse to connect until it is renewed');
    else log.info(fields, 'certificate in use');
  };
  tell();

  async function reload(): Promise<void> {
    const now = await certificateStamp(files);
    if (now !== stamp) {
      stamp = now;
      try {
        certificate = await readCertificate(files);
        use();
        tell();
      } catch (error) {
        const reason = error instanceof EarshotError ? error.message : String(error);
        if (certificate)
          log.error({ error: reason }, 'the new certificate cannot be used: the previous one stays in use');
      }
    }
    if (certificate && keys !== keysNow()) use();
  }
  const timer = clock.every(RELOAD_EVERY, () => void reload());
  return {
    get ready() {
      return certificate !== undefined;
    },
    take(connection) {
      const begin = (): void => void server.emit('connection', connection.accepted);
      if (!certificate) connection.accepted.resetAndDestroy();
      else if (deps.tlsOffload) deps.tlsOffload.begin(connection, begin);
      else begin();
    },
    reload,
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
