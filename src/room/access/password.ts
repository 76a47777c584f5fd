import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Cost of a guess: about 60 ms of a core and 32 MB. Spec: RFC 7914, 2. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const BYTES = 32;
const SALT_BYTES = 12;
/** Passwords that are tried at the same time: each holds 32 MB. */
const MOST_AT_ONCE = 2;
/** Those that wait for it. Further ones are refused at once. */
const MOST_WAITING = 32;

/** A password as it is kept: `SALT.HASH` in base64url. */
export type KeptPassword = string;

/** Tries passwords, two at a time: guessing takes no more than that of the machine. */
export interface Passwords {
  /** The form in which a password is kept. */
  keep(password: string): Promise<KeptPassword>;
  /**
   * True when it is this password. Without one to compare with it takes as long, and is false. `busy`: too many are
   * being tried.
   */
  is(password: string, kept: KeptPassword | undefined): Promise<boolean | 'busy'>;
}

/** What stands in for the password of a room that has none, or does not exist. */
const NONE = `${Buffer.alloc(SALT_BYTES, 1).toString('base64url')}.${Buffer.alloc(BYTES).toString('base64url')}`;

/** People type accents in two ways. Spec: RFC 8265, 4.2 (OpaqueString). */
const normal = (password: string): string => password.normalize('NFC');

/** Opens the trying of passwords. */
export function openPasswords(): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= MOST_AT_ONCE) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
  const hashed = (password: string, salt: Buffer): Promise<Buffer> =>
    inTurn(
      () =>
        new Promise((resolve, reject) =>
          scrypt(normal(password), salt, BYTES, COST, (error, key) => (error ? reject(error) : resolve(key))),
        ),
    );
  return {
    async keep(password) {
      const salt = randomBytes(SALT_BYTES);
      return `${salt.toString('base64url')}.${(await hashed(password, salt)).toString('base64url')}`;
    },
    async is(password, kept) {
      if (waiting.length >= MOST_WAITING) return 'busy';
      const [salt = '', hash = ''] = (kept ?? NONE).split('.');
      const given = await hashed(password, Buffer.from(salt, 'base64url'));
      return timingSafeEqual(given, Buffer.from(hash, 'base64url')) && kept !== undefined;
    },
  };
}
