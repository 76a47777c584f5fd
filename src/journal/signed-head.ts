import type { KeyObject } from 'node:crypto';
import { type Checked, checkSignature, type Signature, signatureOf } from './signature.ts';
import type { ChainEnd, Verified } from './verify.ts';

const CONTEXT = 'earshot-journal-head-v1\n';
const KIND = 'earshot-journal-head';

/** The ends of a journal's chains at one moment. */
export interface JournalHead {
  readonly v: 1;
  readonly kind: typeof KIND;
  /** Wall-clock ms when it was made. */
  readonly at: number;
  /** The file's name, for people. */
  readonly file: string;
  readonly chains: readonly ChainEnd[];
}

/** A head and its signature: kept elsewhere, it shows later whether entries up to it were changed or removed. */
export interface SignedHead extends JournalHead {
  readonly signature: Signature;
}

/** Signs the current ends of a journal's chains. @throws RangeError when the key is not an Ed25519 key. */
export function headOf(found: Verified, file: string, at: number, key: KeyObject): SignedHead {
  const head: JournalHead = { v: 1, kind: KIND, at, file, chains: found.chains };
  return { ...head, signature: signatureOf(CONTEXT, head, key) };
}

/** Checks whether a head is unchanged since it was signed; `verify` then compares a journal with its chains. */
export const checkHead = (text: string): Checked<SignedHead> =>
  checkSignature<SignedHead>(
    CONTEXT,
    text,
    ({ v, kind, chains }) => v === 1 && kind === KIND && Array.isArray(chains),
    'this is not the head of a journal',
  );
