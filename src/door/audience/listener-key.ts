import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Hmac, openHmac } from '../../keys/hmac.ts';
import type { ClientAddress } from '../network/client-address.ts';

const SALT_BYTES = 32;
const DAY_MS = 86_400_000;
const NAME = 'listener-salt-';

/** Provides the salt of each day. */
export interface Salts {
  /** HMAC with the salt of the UTC day that `wall` falls in. Salts of other days are destroyed. */
  at(wall: number): Hmac;
  /** Destroys the salts of days that are over; nobody has to listen for that. Called every few seconds. */
  forget(wall: number): void;
}

const nameOf = (day: number): string => `${NAME}${new Date(day * DAY_MS).toISOString().slice(0, 10)}`;

/** Reads the salt of a day, or makes it: whichever door is first, all have the same one. */
function readSalt(folder: string, day: number): Buffer {
  const path = join(folder, nameOf(day));
  const read = (): Buffer | undefined => {
    try {
      const salt = readFileSync(path);
      return salt.length === SALT_BYTES ? salt : undefined;
    } catch {
      return undefined;
    }
  };
  const there = read();
  if (there) return there;
  // Sockets of ours are in it: nobody else may write there.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Whole before it has its name, so that nobody reads half of it.
  const own = `${path}.${process.pid}`;
  const salt = randomBytes(SALT_BYTES);
  try {
    writeFileSync(own, salt, { mode: 0o600 });
    linkSync(own, path);
    return salt;
  } catch {
    return read() ?? salt;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Removes the salts of all other days, so that nobody can make the keys of those days again. */
function removeOthers(folder: string, day: number): void {
  try {
    for (const name of readdirSync(folder))
      if (name.startsWith(NAME) && !name.startsWith(nameOf(day))) rmSync(join(folder, name), { force: true });
  } catch {
    // The folder is not there: neither are they.
  }
}

/**
 * Opens salts that are kept in files in `folder`, one for each UTC day, shared by all doors of an installation. They
 * are random, so they cannot be derived from anything, and each is deleted when its day is over. Where no file can be
 * written, each door has salts of its own, and somebody who uses two doors counts as two people.
 */
export function openSalts(folder: string): Salts {
  let kept: { readonly day: number; readonly key: Hmac } | undefined;
  let forgotten = -1;
  return {
    forget(wall) {
      const day = Math.floor(wall / DAY_MS);
      if (day <= forgotten) return;
      forgotten = day;
      if (kept && day > kept.day) kept = undefined;
      removeOthers(folder, day);
    },
    at(wall) {
      const day = Math.floor(wall / DAY_MS);
      // A clock that was set back must not bring a salt back that is deleted.
      if (kept && day <= kept.day) return kept.key;
      kept = { day, key: openHmac(readSalt(folder, day)) };
      removeOthers(folder, day);
      return kept.key;
    },
  };
}

/** Opens salts in memory only, for a door that works alone. */
export function openOwnSalts(): Salts {
  let kept: { readonly day: number; readonly key: Hmac } | undefined;
  return {
    forget(wall) {
      if (kept && Math.floor(wall / DAY_MS) > kept.day) kept = undefined;
    },
    at(wall) {
      const day = Math.floor(wall / DAY_MS);
      if (!kept || day > kept.day) kept = { day, key: openHmac(randomBytes(SALT_BYTES)) };
      return kept.key;
    },
  };
}

/**
 * The key of a listener for this day: 64 bits of HMAC(salt, address and user agent), as two 32-bit halves. The address
 * itself is not kept.
 */
export function listenerKey(
  salt: Hmac,
  { family, value }: ClientAddress,
  agent: string,
): readonly [low: number, high: number] {
  const mac = salt(`${family} ${value} ${agent}`);
  return [mac.readUInt32LE(0), mac.readUInt32LE(4)];
}
