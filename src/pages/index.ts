/** All HTML that a server writes. */
export { accountFrame } from './account-frame.ts';
export { appManifest, NO_WORKER } from './app-manifest.ts';
export { clipCard } from './clip-card.ts';
export {
  clipOembed,
  type OembedFound,
  type OembedQuestion,
  oembed,
  postOembed,
} from './embed/oembed.ts';
export { embedFrame } from './embed/post-frame.ts';
export { type FeedFacts, type FeedSubject, feedRooms, roomAtom, roomFeed } from './feed/room-feed.ts';
export { type ComingRooms, forecastElsewhere, forecastPage } from './operate/forecast-page.ts';
export { notForYou, type ServerFacts, type ServerLimit, serverPage } from './operate/server-page.ts';
export { loadManifest } from './page-shell.ts';
export { FAVICON, openPages, type Pages, ROBOTS } from './pages.ts';
export { postPicture, roomPicture } from './preview/card-picture.ts';
export { cardPath, type RoomPreview, roomPreview } from './preview/room-preview.ts';
export {
  type ApiDescription,
  type ApiOperation,
  codesOf,
  type JsonSchema,
  operationsOf,
  sampleOf,
} from './reference/api-description.ts';
export { apiPage } from './reference/api-page.ts';
export { frameAwayPage, siteAwayPage } from './short/away-page.ts';
export { busyPage } from './short/busy-page.ts';
export { LARGE_HEAD_PAGE } from './short/large-head-page.ts';
export { OFFLINE_PAGE } from './short/offline-page.ts';
export { SHORT_STYLE } from './short/short-page.ts';
export { waitPage } from './short/wait-page.ts';
export { socialFrame } from './social-frame.ts';
export { loadVerifyFiles } from './verify-page.ts';
