/** What is written down for later: files that only grow, one JSON line an entry, in a canonical form. */
export { openRecords, type Records, type StepRecord } from './append-log.ts';
export { canonical, type Json } from './canonical-json.ts';
