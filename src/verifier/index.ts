/** The verifier for this side: the same file that pages include, and its own hash. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { VerifierFile } from '../wire/verification.ts';
import './verifier.js';

/** Where the file is. */
export const VERIFIER_PATH = fileURLToPath(new URL('verifier.js', import.meta.url));

/** What it offers. */
export const verifier = (globalThis as unknown as { readonly earshotVerifier: VerifierFile }).earshotVerifier;

/** SHA-256 of the file as it is on this disk, in hexadecimal: its published name. */
export async function verifierHash(): Promise<string> {
  return verifier.hex(verifier.sha256(await readFile(VERIFIER_PATH)));
}
