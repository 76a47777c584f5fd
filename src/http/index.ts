/** HTTP as all parts see it: the one table of addresses and what follows from it, and the reading of bodies. */
export type { Address, CacheClass, Cors, Match, Method, Owner, Urgency } from './address.ts';
export { ADDRESSES } from './addresses.ts';
export { mediaTypeOf, readBody } from './body.ts';
export { canonical, movedStatus, stepsAside } from './canonical.ts';
export { HEARD_BY_ALL, openTo, optionsHead, READ_BY_ALL } from './cors.ts';
export { parseJson } from './json-text.ts';
export { boundaryOf, type MultipartFault, readMultipart } from './multipart.ts';
export { openPace, type PaceNotes, paceHeaders, type RequestPace, tellPaces } from './pace.ts';
export { isForeign, originOf } from './request-origin.ts';
export { type RoomPath, roomPath } from './room-path.ts';
export { allowed, cachedAs, examplesOf, find, sourceOf, takes } from './table.ts';
