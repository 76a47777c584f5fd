/** The verifier for this side: the same file that pages include, and its own hash. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { VerifierFile } from '../wire/evidence/verification.ts';
import './verifier.js';

/** The path of `verifier.js`. */
export const VERIFIER_PATH = fileURLToPath(new URL('verifier.js', import.meta.url));

/** The functions that `verifier.js` offers. */
export const verifier = (globalThis as unknown as { readonly earshotVerifier: VerifierFile }).earshotVerifier;

/** SHA-256 of `verifier.js` as it is on this disk, in hexadecimal: the hash that is published. */
export async function verifierHash(): Promise<string> {
  return verifier.hex(verifier.sha256(await readFile(VERIFIER_PATH)));
}
