import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import { acceptedUnder, freeOpenssl, freesOpenssl } from '../../native/node-internals.ts';
import type { Openssl } from '../../native/openssl.ts';
import { Records } from './tls-record-sealer.ts';

/**
 * An offloaded connection: its reading half is given up, `socket` is the accepted connection, and we encrypt what is
 * sent.
 */
export interface Bare {
  readonly socket: Socket;
  readonly records: Records;
}

/** What is known about the accepted connection under a TLS connection. */
interface Under {
  readonly connection: bigint;
  /** The listeners that Node's TLS put on the accepted connection. */
  readonly ears: readonly (readonly [string | symbol, (...args: unknown[]) => void])[];
}

const UNDER = Symbol('under');
type Accepted = Socket & { [UNDER]?: Under };

const earsOf = (socket: Socket): [string | symbol, (...args: unknown[]) => void][] =>
  socket
    .eventNames()
    .flatMap((event) =>
      socket
        .rawListeners(event)
        .map((ear): [string | symbol, (...args: unknown[]) => void] => [event, ear as () => void]),
    );

/** What offloading needs. */
export interface BaresDeps {
  readonly openssl: Openssl;
  readonly clock: Clock;
  /** The connection is represented by another object from now on. */
  replace(before: Socket, after: Socket): void;
  /** True for connections that are never offloaded: nobody knows how a proxy in front reacts to a key update. */
  spares?(accepted: Socket): boolean;
  /** Called once when OpenSSL did not do what is needed; from then on no connection is offloaded. */
  failed?(error: unknown): void;
}

/** Frees OpenSSL's state of running streams over TLS 1.3 (`lightTls`). */
export interface Bares {
  /** Starts the handshake of an accepted connection with `begin`, so that the connection can be offloaded later. */
  begin(accepted: Socket, begin: () => void): void;
  /**
   * Frees OpenSSL's state of an idle, write-only TLS 1.3 connection and keeps only its write key: 40 kB of objects
   * become one key. Incoming data is no longer read, but the end of the connection is noticed. Undefined: the
   * connection stays as it is; after OpenSSL has done something unexpected once, all of them do.
   * @throws when the connection is no longer usable and must be closed.
   */
  lay(secure: Socket): Bare | undefined;
  /** Something went wrong with an offloaded connection: no other connection is offloaded from now on. */
  fail(error: unknown): void;
  /** Returns the memory that handshakes took to the system, once things are quiet; call about once a second. */
  sweep(): void;
}

/** This many handshakes leave enough memory to be worth returning. */
const WORTH = 200;
/** Returning memory takes a moment, and the next handshake would need it again: wait this long after the last one. */
const QUIET = 3_000;

/** Opens it. */
export function openBares({ openssl, clock, replace, spares, failed }: BaresDeps): Bares {
  let laid = 0;
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
      return rekeyed && { rekeyed, records: new Records(aead, rekeyed.secret) };
    } catch (error) {
      return void fail(error);
    }
  };
  return {
    fail,
    begin(accepted, begin) {
      if (whole || spares?.(accepted)) return begin();
      const before = new Set(earsOf(accepted).map(([, ear]) => ear));
      const connection = openssl.made(begin);
      if (connection === undefined) return;
      const ears = earsOf(accepted).filter(([, ear]) => !before.has(ear));
      (accepted as Accepted)[UNDER] = { connection, ears };
    },
    lay(secure) {
      const accepted = acceptedUnder(secure);
      const under = accepted && (accepted as Accepted)[UNDER];
      const waits = secure.writableLength > 0 || (accepted?.writableLength ?? 0) > 0;
      if (!under || !freesOpenssl(secure) || waits || (secure as TLSSocket).getProtocol() !== 'TLSv1.3')
        return undefined;
      const next = rekey(under.connection, (secure as TLSSocket).getCipher().name);
      if (!next) return undefined;
      try {
        next.records.follow(next.rekeyed.record());
      } catch (error) {
        fail(error);
        throw error;
      }
      delete (accepted as Accepted)[UNDER];
      freeOpenssl(secure);
      for (const [event, ear] of under.ears) accepted.off(event, ear);
      replace(secure, accepted);
      secure.removeAllListeners();
      laid += 1;
      last = clock.now();
      return { socket: accepted, records: next.records };
    },
    sweep() {
      if (laid < WORTH || clock.now() - last < QUIET) return;
      laid = 0;
      openssl.giveBack();
    },
  };
}
