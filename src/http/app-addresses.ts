/** Addresses of what makes the pages an app: its manifest, and the page for moments without a connection. */
import type { Address } from './address.ts';

const READ = { owner: 'door', methods: ['GET'], cors: 'reads' } as const;
/** Caches in front do not decide how long these are kept: a change reaches everybody with their next page. */
const PAGE = { ...READ, urgency: 'reading' } as const;

/** The rows. */
export const APP_ADDRESSES: readonly Address[] = [
  {
    ...{ id: 'app-manifest', what: 'how the pages are installed as an app' },
    ...{ ...PAGE, pattern: '/manifest.webmanifest', examples: ['/manifest.webmanifest'] },
  },
  {
    ...{ id: 'app-worker', what: 'shows a page of ours without a connection' },
    ...{ ...PAGE, pattern: '/service-worker.js', examples: ['/service-worker.js'] },
  },
  {
    ...{ id: 'offline', what: 'that page' },
    ...{ ...PAGE, pattern: '/offline', examples: ['/offline'] },
  },
];
