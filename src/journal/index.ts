/**
 * What is written down for later: files that only grow, one JSON line an entry, each with the hash of the one before.
 */
export { canonical, type Json } from './canonical-json.ts';
export { type Entry, hashOf, readEntries } from './entry.ts';
export { type Journal, type JournalDeps, openJournal } from './journal.ts';
export {
  diskJournal,
  JournalFile,
  type JournalFiles,
  type JournalSettings,
  olderPart,
} from './journal-file.ts';
export { type JournalKind, type LostEntries, openLostEntries } from './lost-entries.ts';
export { type Checked, checkSignature, type Signature, signatureOf } from './signature.ts';
export { checkHead, headOf, type JournalHead, type SignedHead } from './signed-head.ts';
export { type ChainEnd, type Verified, verify } from './verify.ts';
