import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import type { Openssl } from '../base/openssl.ts';
import { Records } from './records.ts';

/** A connection whose reading half is given up: from here on it is the accepted one, and what is sent is sealed by us. */
export interface Bare {
  readonly socket: Socket;
  readonly records: Records;
}

/** What is known of a TLS connection under its accepted one. */
interface Under {
  readonly connection: bigint;
  /** What Node's TLS listens to on the accepted connection. */
  readonly ears: readonly (readonly [string | symbol, (...args: unknown[]) => void])[];
}

type Secure = TLSSocket & { _parent?: Socket | null; ssl?: { destroySSL?(): void } | null };

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

/** What is needed to lay connections bare. */
export interface BaresDeps {
  readonly openssl: Openssl;
  readonly clock: Clock;
  /** The same connection under another object. */
  replace(before: Socket, after: Socket): void;
  /** True for connections that stay as they are: what a proxy in front makes of a change of keys nobody knows. */
  spares?(accepted: Socket): boolean;
  /** OpenSSL did not do what is needed; told once, and from then on every connection stays as it is. */
  failed?(error: unknown): void;
}

/** The connections over TLS of one door that can do without. */
export interface Bares {
  /** Begins a handshake on an accepted connection by `begin`, so that it can be laid bare later. */
  begin(accepted: Socket, begin: () => void): void;
  /**
   * Takes an idle TLS 1.3 connection that is only written to from here on out of Node's and OpenSSL's hands: 40 kB of
   * objects become one key. What comes in is not read any more, but its end is noticed. Undefined: it stays as it is,
   * and so does every other from the first time on that OpenSSL does something unexpected.
   * @throws when the connection is of no use any more and must be closed.
   */
  lay(secure: Socket): Bare | undefined;
  /** Something went wrong with a connection laid bare: every other stays as it is from now on. */
  fail(error: unknown): void;
  /** Gives back what handshakes took, once it is quiet; call about once a second. */
  sweep(): void;
}

/** So many handshakes leave enough to be worth giving back. */
const WORTH = 200;
/** Giving back takes a moment, and the next handshake would take it again: not while they come. */
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
  /** Everything that can go wrong while OpenSSL can still go on with the connection. */
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
      const { _parent: accepted, ssl } = secure as Secure;
      const under = accepted && (accepted as Accepted)[UNDER];
      const waits = secure.writableLength > 0 || (accepted?.writableLength ?? 0) > 0;
      if (!under || !ssl?.destroySSL || waits || (secure as Secure).getProtocol() !== 'TLSv1.3')
        return undefined;
      const next = rekey(under.connection, (secure as Secure).getCipher().name);
      if (!next) return undefined;
      try {
        next.records.follow(next.rekeyed.record());
      } catch (error) {
        fail(error);
        throw error;
      }
      delete (accepted as Accepted)[UNDER];
      ssl.destroySSL();
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
