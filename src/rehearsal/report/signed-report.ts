import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import {
  type Checked as CheckedBody,
  canonical,
  checkSignature,
  type Json,
  type Signature,
  signatureOf,
} from '../../journal/index.ts';
import type { Outcome } from './outcome.ts';

/** Precedes the signed bytes, so that the signature is not valid anywhere else. */
const CONTEXT = 'earshot-rehearsal-certificate-v1\n';

/** The certificate of a rehearsal: its outcome, signed by the person who ran it. */
export interface RehearsalCertificate extends Outcome {
  readonly signature: Signature;
}

/** A certificate as written to a file. */
export const certificateText = (certificate: RehearsalCertificate): string =>
  `${canonical(certificate as unknown as Json)}\n`;

/** A new Ed25519 key as PEM (PKCS #8). */
export const newSigningKey = (): string =>
  String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));

/** Signs an outcome with a PEM key. @throws when it is not an Ed25519 key. Spec: RFC 8032, RFC 8785. */
export const certify = (outcome: Outcome, pem: string): RehearsalCertificate => ({
  ...outcome,
  signature: signatureOf(CONTEXT, outcome, createPrivateKey(pem)),
});

/** The answer of `checkCertificate`. `key` is the signer's public key; compare it with one you know. */
export type CheckedCertificate = CheckedBody<RehearsalCertificate>;

/** Checks whether a certificate is unchanged since it was signed. This says nothing about who holds the key. */
export const checkCertificate = (text: string): CheckedCertificate =>
  checkSignature<RehearsalCertificate>(
    CONTEXT,
    text,
    ({ kind }) => kind === 'earshot-rehearsal',
    'this is not a rehearsal certificate',
  );
