/** What somebody says about a room's audience, held against what was counted. */
export { addFigures, type NotAdded, type Term, whyNotAdded } from './adding.ts';
export { type BundleRead, factsOfBundle, MOST_BUNDLE } from './bundle-facts.ts';
export { checkCard, type SignedCard } from './card/signed-card.ts';
export { eveningPicture } from './case-2024/picture.ts';
export { CASE_WORDS } from './case-2024/words.ts';
export { type CheckOptions, type ClaimUnchecked, type ClaimVerdict, checkClaim } from './check.ts';
export { besideOthers, type ClaimFacts, factsOfNumbers } from './facts.ts';
export { claimPaths } from './http/described.ts';
export { readTime, type SaidTime } from './language/said-time.ts';
export { isZone } from './moment-of.ts';
export type { SaidLanguage } from './number/numeral.ts';
export { type Claims, type ClaimsDeps, open } from './open.ts';
export { claimWords } from './words/catalogue.ts';
export type { ClaimWords } from './words/claim-words.ts';
export { uncheckedText, type VerdictText, verdictText } from './words/verdict-text.ts';
