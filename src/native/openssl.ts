/** The key of a TLS 1.3 cipher suite, in bytes. */
interface Suite {
  readonly name: string;
  readonly hash: 'sha256' | 'sha384';
  readonly key: number;
  /** The name of OpenSSL's function that returns the cipher. */
  readonly cipher: string;
}

const SUITES: readonly Suite[] = [
  { name: 'TLS_AES_128_GCM_SHA256', hash: 'sha256', key: 16, cipher: 'EVP_aes_128_gcm' },
  { name: 'TLS_AES_256_GCM_SHA384', hash: 'sha384', key: 32, cipher: 'EVP_aes_256_gcm' },
  { name: 'TLS_CHACHA20_POLY1305_SHA256', hash: 'sha256', key: 32, cipher: 'EVP_chacha20_poly1305' },
];

/** An authenticated cipher of TLS 1.3. */
export interface Aead extends Omit<Suite, 'cipher'> {
  /**
   * Encrypts `text` in place and returns the tag, 16 bytes that the next call overwrites. `head` is authenticated with
   * it. `key` is at least as long as the suite's key; `nonce` has 12 bytes and is never used twice with a key.
   */
  encrypt(key: Uint8Array, nonce: Uint8Array, head: Uint8Array, text: Uint8Array): Uint8Array;
}

/** A connection whose write keys were changed but which has not told the other side yet. */
export interface Rekeyed {
  /** The traffic secret from now on; its first record has the number 0. */
  readonly secret: Buffer;
  /**
   * Takes the record that tells the other side out of OpenSSL; it must be the next one sent. Before this call OpenSSL
   * can continue the connection, afterwards it cannot.
   * @throws when the record is missing; the connection must then be closed.
   */
  record(): Buffer;
}

/** Functions of Node's OpenSSL that Node itself does not offer. */
export interface Openssl {
  /**
   * Runs `begin` and returns the OpenSSL connection that it created; undefined when it did not create exactly one. The
   * connection sends one session ticket after a full handshake instead of OpenSSL's usual two.
   */
  made(begin: () => void): bigint | undefined;
  /**
   * Changes the write keys of a live TLS 1.3 connection. Undefined when something waits to be written, the other side
   * accepts only short records (RFC 6066, 4), or OpenSSL refuses. Spec: RFC 8446, 4.6.3.
   * @throws when OpenSSL did something else. The connection is intact even then, and OpenSSL can continue it.
   */
  rekey(connection: bigint): Rekeyed | undefined;
  /** Returns the C library's free memory to the system; takes some 10 ms after a thousand handshakes. */
  giveBack(): void;
  /** The available ciphers, by the names of their suites. */
  readonly aeads: ReadonlyMap<string, Aead>;
}

const CONNECTIONS = 0;
const NOT_REQUESTED = 0;
const GET_TAG = 0x10;
const TAG = 16;
/** A record with a KeyUpdate: head, message of five bytes, inner type, tag. Spec: RFC 8446, 4.6.3 and 5.2. */
const KEY_UPDATE = 5 + 5 + 1 + TAG;
/** SHA-256 or SHA-384. */
const SECRETS: readonly number[] = [32, 48];

let opened: Promise<Openssl | string> | undefined;

/** Opens OpenSSL once for the process, which keeps it, or says in words why it is not available. Main thread only. */
export function openOpenssl(): Promise<Openssl | string> {
  opened ??= open();
  return opened;
}

async function open(): Promise<Openssl | string> {
  if (process.platform !== 'linux') return 'this system is not Linux';
  try {
    const { default: koffi } = await import('koffi');
    return bind(koffi, koffi.load(null));
  } catch (error) {
    return `this Node does not offer its OpenSSL (${error instanceof Error ? error.message : error})`;
  }
}

function bind(koffi: typeof import('koffi')['default'], own: import('koffi').LibraryHandle): Openssl {
  const Made = koffi.proto('void EarshotSslMade(void *, void *, void *, int, long, void *)');
  const Logged = koffi.proto('void EarshotSslKeylog(void *, const char *)');
  const index = own.func('int CRYPTO_get_ex_new_index(int, long, void *, EarshotSslMade *, void *, void *)');
  const context = own.func('void *SSL_get_SSL_CTX(void *)');
  const logTo = own.func('void SSL_CTX_set_keylog_callback(void *, EarshotSslKeylog *)');
  const tellTo = own.func('void SSL_set_info_callback(void *, void *)');
  const keyUpdate = own.func('int SSL_key_update(void *, int)');
  const handshake = own.func('int SSL_do_handshake(void *)');
  const outgoing = own.func('void *SSL_get_wbio(void *)');
  const waiting = own.func('size_t BIO_ctrl_pending(void *)');
  const take = own.func('int BIO_read(void *, void *, int)');
  const session = own.func('void *SSL_get_session(void *)');
  const tickets = optional(() => own.func('int SSL_set_num_tickets(void *, size_t)'));
  const shortest = own.func('uint8_t SSL_SESSION_get_max_fragment_length(void *)');
  const clear = own.func('void ERR_clear_error()');
  const trim = optional(() => own.func('int malloc_trim(size_t)'));
  // Called with three arguments for each step of a handshake; it takes none. A callback of Node's would run JavaScript.
  const nobody = own.symbol('ERR_clear_error', 'void');

  let latest: bigint | undefined;
  let count = 0;
  const noted = koffi.register((connection: bigint) => {
    latest = connection;
    count += 1;
  }, koffi.pointer(Made));
  if (index(CONNECTIONS, 0, null, noted, null, null) < 0) throw new Error('no place for a note');
  let secret: Buffer | undefined;
  const keylog = koffi.register((_: bigint, line: string) => {
    const [label, , hex = ''] = line.split(' ');
    if (label === 'SERVER_TRAFFIC_SECRET_N') secret = Buffer.from(hex, 'hex');
  }, koffi.pointer(Logged));

  return {
    made(begin) {
      latest = undefined;
      count = 0;
      begin();
      if (count !== 1 || latest === undefined) return undefined;
      // Each takes some 12 µs to make, for a client that may never come back; one that does gets another.
      tickets?.(latest, 1);
      return latest;
    },
    rekey(connection) {
      const of = context(connection);
      const negotiated = session(connection);
      const out = outgoing(connection);
      if (!negotiated || !out || shortest(negotiated) !== 0 || Number(waiting(out)) > 0) return undefined;
      secret = undefined;
      tellTo(connection, nobody);
      logTo(of, keylog);
      try {
        if (keyUpdate(connection, NOT_REQUESTED) !== 1) return undefined;
        handshake(connection);
      } finally {
        logTo(of, null);
        // An error left in the queue would be read as one of the next connection.
        clear();
      }
      const found = secret as Buffer | undefined;
      if (!found || !SECRETS.includes(found.length)) throw new Error('OpenSSL did not tell its new key');
      if (Number(waiting(out)) !== KEY_UPDATE) throw new Error('OpenSSL did not announce its new key');
      return {
        secret: found,
        record() {
          const bytes = Buffer.alloc(KEY_UPDATE);
          if (take(out, bytes, KEY_UPDATE) !== KEY_UPDATE || bytes.readUInt16BE(3) + 5 !== KEY_UPDATE)
            throw new Error('OpenSSL did not give the record of its new key');
          return bytes;
        },
      };
    },
    giveBack: () => void trim?.(0),
    aeads: aeads(own),
  };
}

/** A function that only some C libraries have. */
function optional<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

function aeads(own: import('koffi').LibraryHandle): Map<string, Aead> {
  const context = own.func('void *EVP_CIPHER_CTX_new()')();
  const begin = own.func('int EVP_EncryptInit_ex(void *, void *, void *, const void *, const void *)');
  const update = own.func('int EVP_EncryptUpdate(void *, void *, void *, const void *, int)');
  const finish = own.func('int EVP_EncryptFinal_ex(void *, void *, void *)');
  const control = own.func('int EVP_CIPHER_CTX_ctrl(void *, int, int, void *)');
  const written = new Int32Array(1);
  const tag = new Uint8Array(TAG);
  let present: string | undefined;
  return new Map(
    SUITES.map(({ cipher, ...suite }) => {
      const kind = own.func(`const void *${cipher}()`)();
      return [
        suite.name,
        {
          ...suite,
          encrypt(key, nonce, head, text) {
            const good =
              begin(context, present === suite.name ? null : kind, null, key, nonce) === 1 &&
              update(context, null, written, head, head.length) === 1 &&
              update(context, text, written, text, text.length) === 1 &&
              finish(context, tag, written) === 1 &&
              control(context, GET_TAG, TAG, tag) === 1;
            present = suite.name;
            if (!good) throw new Error('OpenSSL does not encrypt');
            return tag;
          },
        } satisfies Aead,
      ];
    }),
  );
}
