/** What checking a bundle found: the answer of `earshot verify --json`, and what the page /verify shows. */

/** A finding about a bundle: something that is wrong, or worth knowing. */
export interface VerificationFinding {
  /** Index of the entry in the log, where it is about one. */
  readonly leaf?: number;
  /** Line of the file, from 1. */
  readonly line?: number;
  /** Names the sentence, for translations; `values` are filled into it. */
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** The sentence in English. */
  readonly reason: string;
}

/** The result of verifying a bundle. */
export interface Verification {
  /** True when nothing was found. */
  readonly ok: boolean;
  /** True when the file could not be judged; `findings` says why. */
  readonly unreadable: boolean;
  readonly room: string | null;
  readonly title?: string;
  /** The log's name. */
  readonly origin?: string;
  /** The log's verifier keys: compare them with those that you know. */
  readonly keys?: readonly string[];
  /** Entries of the room. */
  readonly entries: number;
  /** Whole minutes since 1970 of the first and the last minute with figures. */
  readonly minutes?: { readonly first: number; readonly last: number };
  /** The last signed tree head. */
  readonly checkpoint: { readonly size: number; readonly root: string } | null;
  /** Witnesses whose cosignatures hold: how many entries they saw last, and when (seconds since 1970). */
  readonly witnesses?: Readonly<Record<string, { readonly size: number; readonly time: number }>>;
  /** At most 500. */
  readonly findings: readonly VerificationFinding[];
  readonly notes: readonly VerificationFinding[];
}

/** What a bundle is compared with, besides itself. */
export interface VerificationWishes {
  /** A checkpoint of the same log that was kept elsewhere: the signed note. */
  readonly seen?: string | undefined;
  /** The log's verifier key, where it is known from elsewhere. */
  readonly key?: string | undefined;
  readonly progress?: ((done: number, all: number) => void) | undefined;
}

/** The functions that `verifier.js` defines as `globalThis.earshotVerifier`. */
export interface VerifierFile {
  /** Checks a bundle; memory does not depend on its size. Rejects only when the file cannot be read to its end. */
  verify(file: Blob, wishes?: VerificationWishes): Promise<Verification>;
  /** All sentences, by their codes. */
  readonly SAYS: Readonly<Record<string, string>>;
  sha256(...parts: readonly Uint8Array[]): Uint8Array;
  hex(bytes: Uint8Array): string;
}
