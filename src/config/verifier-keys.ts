import { z } from 'zod';

/** Verifier keys that may be listed. */
const MOST = 16;
/** Spec: C2SP signed-note, Verifier keys: name, key id, and base64 of 33 bytes. */
const KEY = /^[^\s+]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/;

/** A list of verifier keys of witnesses, separated by commas; empty means none. */
export const verifierKeys = z.string().transform((value, context): string[] => {
  const list = value
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (list.length <= MOST && list.every((key) => KEY.test(key))) return list;
  context.issues.push({
    code: 'custom',
    message: `use up to ${MOST} verifier keys like witness.example.net+a1b2c3d4+BE…, separated by commas`,
    input: value,
  });
  return z.NEVER;
});
