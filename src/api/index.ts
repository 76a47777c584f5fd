/** What every part of the API does the same way: refusals, repeats, ETags, pages of lists, paces, and its description. */
export { type Attempted, complaint, isRefusal, mediaType, read, refuse, refused } from './answer.ts';
export {
  type Cursor,
  cursorText,
  nextLink,
  type PageWanted,
  pageIn,
  pageOf,
  pageQuery,
  pageRead,
  pageWanted,
  readCursor,
} from './cursor.ts';
export * as describe from './describe.ts';
export { keptByNobody, refuseTheRest } from './ending.ts';
export { etagOf, ifMatch, ifUnchanged, shownWithTag, stateOf } from './etag.ts';
export { type FailureDeps, failed, failureOf, type RequestFailure } from './failure.ts';
export { withoutNul } from './nul.ts';
export type { ApiRefusal } from './refusal.ts';
export { type Fetch, type RepeatsDeps, repeatable, rowIdOf, shortIdOf } from './repeats.ts';
