/** All HTML that a server writes. */
export { busyPage } from './busy-page.ts';
export { LARGE_HEAD_PAGE } from './large-head-page.ts';
export { loadManifest } from './page-shell.ts';
export { FAVICON, openPages, type Pages, ROBOTS } from './pages.ts';
export { loadVerifyFiles } from './verify-page.ts';
