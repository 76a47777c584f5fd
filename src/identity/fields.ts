import { personName } from '../base/plain-text.ts';
import { PASSWORD_LENGTH } from './basics.ts';

/** The longest name of a person, a passkey or a token, in characters. */
export const MOST_NAME = 60;
/** The longest address. Spec: RFC 5321, 4.5.3.1.3. */
const MOST_EMAIL = 254;
/** ASCII alone: an address that only looks like another is somebody else's. Spec: RFC 5321, 4.1.2. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
/** Long enough, and the first ones that are tried. */
const COMMON = new Set(
  'password12 password123 password1234 passwordpassword 1234567890 12345678910 0123456789 0987654321 qwertyuiop qwerty12345 azertyuiop 1q2w3e4r5t 1qaz2wsx3edc iloveyou123 letmein12345 administrator changeme123 welcome123 motdepasse motdepasse1'.split(
    ' ',
  ),
);

/** What is wrong with a field: a key of the words. */
export type FieldFault = 'name' | 'email' | 'passwordShort' | 'passwordLong' | 'passwordCommon';

/** A person's name as one tidy line; undefined when it is empty, too long, or made to be taken for another. */
export function nameOf(text: string): string | undefined {
  const read = personName(text.slice(0, 1_000), MOST_NAME);
  return 'name' in read ? read.name : undefined;
}

/** An address in lower case; undefined when it is none. */
export function emailOf(text: string): string | undefined {
  const email = text.trim().toLowerCase();
  return email.length <= MOST_EMAIL && EMAIL.test(email) && !/^\.|\.\.|\.@/.test(email) ? email : undefined;
}

/** What is wrong with a new password. Spec: NIST SP 800-63B-4, 3.1.1.2. */
export function passwordFault(password: string, email = ''): FieldFault | undefined {
  if ([...password].length < PASSWORD_LENGTH.least) return 'passwordShort';
  if (password.length > PASSWORD_LENGTH.most) return 'passwordLong';
  const low = password.toLowerCase();
  const same = new Set(low).size < 4 || (email !== '' && (low === email || low === email.split('@')[0]));
  return same || COMMON.has(low) ? 'passwordCommon' : undefined;
}
