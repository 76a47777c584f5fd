/** Addresses of what pages of other sites show inside theirs: the only ones that may be framed. */
import type { Address } from './address.ts';

const READ = { methods: ['GET'], urgency: 'joining', framed: true } as const;
const PAGE = { ...READ, cors: 'reads', owner: 'door' } as const;

/** The rows. */
export const EMBED_ADDRESSES: readonly Address[] = [
  {
    ...{ id: 'embed', what: 'the player of a room for pages of other sites', pattern: '/embed/r/:room' },
    ...{ ...PAGE, cache: 'page', examples: ['/embed/r/hall'] },
  },
  {
    ...{ id: 'embed-clip', what: 'the same for a clip', pattern: '/embed/r/:room/clip/:name', exact: true },
    ...{ ...PAGE, examples: ['/embed/r/hall/clip/k3v9x2m4q8'] },
  },
  {
    ...{ id: 'social-embed', what: 'a post for pages of other sites', pattern: '/embed/p/:name' },
    ...{ ...READ, cors: 'own', owner: 'site', examples: ['/embed/p/mjkq2v8x1c0'] },
  },
  {
    ...{ id: 'embed-before', what: 'the player at its address of before', pattern: '/r/:room/embed' },
    ...{ ...PAGE, cache: 'page', examples: ['/r/hall/embed'] },
  },
];
