import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import { freeOpenssl, freesOpenssl } from '../../native/node-internals.ts';
import type { Openssl } from '../../native/openssl.ts';
import type { Connection } from './connection.ts';
import { TlsRecordSealer } from './tls-record-sealer.ts';

/** Dependencies of offloading. */
export interface TlsOffloadDeps {
  readonly openssl: Openssl;
  readonly clock: Clock;
  /** True for connections that are never offloaded: nobody knows how a proxy in front reacts to a key update. */
  spares?(connection: Connection): boolean;
  /** Called once when OpenSSL did not do what is needed; from then on no connection is offloaded. */
  failed?(error: unknown): void;
}

/** Frees OpenSSL's state of running streams over TLS 1.3 (`lightTls`). */
export interface TlsOffload {
  /** Starts the handshake of a connection with `begin`, so that the connection can be offloaded later. */
  begin(connection: Connection, begin: () => void): void;
  /**
   * Frees OpenSSL's state of an idle, write-only TLS 1.3 connection and keeps only its write key: 40 kB of objects
   * become one key. From then on we encrypt ourselves and write to the accepted socket directly. Incoming data
   * is no longer read, but the end of the connection is noticed. Undefined: the connection stays as it is; after
   * OpenSSL has done something unexpected once, all of them do.
   * @throws when the connection is no longer usable and must be closed.
   */
  offload(connection: Connection): TlsRecordSealer | undefined;
  /** Something went wrong with an offloaded connection: no other connection is offloaded from now on. */
  fail(error: unknown): void;
  /** Returns the memory that handshakes took to the system, once things are quiet; call about once a second. */
  sweep(): void;
}

/** This many handshakes leave enough memory to be worth returning. */
const WORTH = 200;
/** Returning memory takes a moment, and the next handshake would need it again: wait this long after the last one. */
const QUIET = 3_000;

/** Opens offloading. */
export function openTlsOffload({ openssl, clock, spares, failed }: TlsOffloadDeps): TlsOffload {
  let offloaded = 0;
  let last = 0;
  let whole = false;
  const fail = (error: unknown): void => {
    if (whole) return;
    whole = true;
    failed?.(error);
  };
  /** Everything that can fail while OpenSSL can still continue with the connection. */
  const rekey = (connection: bigint, suite: string) => {
    const aead = openssl.aeads.get(suite);
    if (!aead || whole) return undefined;
    try {
      const rekeyed = openssl.rekey(connection);
      return rekeyed && { rekeyed, records: new TlsRecordSealer(aead, rekeyed.secret) };
    } catch (error) {
      return void fail(error);
    }
  };
  return {
    fail,
    begin(connection, begin) {
      if (whole || spares?.(connection)) return begin();
      connection.ssl = openssl.made(begin);
    },
    offload(connection) {
      const { accepted, ssl } = connection;
      const secure = connection.socket as TLSSocket;
      if (ssl === undefined || secure === accepted || !freesOpenssl(secure)) return undefined;
      const waits = secure.writableLength > 0 || accepted.writableLength > 0;
      if (waits || secure.getProtocol() !== 'TLSv1.3') return undefined;
      const next = rekey(ssl, secure.getCipher().name);
      if (!next) return undefined;
      try {
        next.records.follow(next.rekeyed.record());
      } catch (error) {
        fail(error);
        throw error;
      }
      connection.ssl = undefined;
      freeOpenssl(secure);
      // They are Node's TLS's; whoever has the connection in hand listens again from here on.
      accepted.removeAllListeners();
      connection.become(accepted);
      secure.removeAllListeners();
      offloaded += 1;
      last = clock.now();
      return next.records;
    },
    sweep() {
      if (offloaded < WORTH || clock.now() - last < QUIET) return;
      offloaded = 0;
      openssl.giveBack();
    },
  };
}
