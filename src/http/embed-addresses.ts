/** Addresses of what other sites show of ours: inside their pages, which nothing else may be, and as previews of links. */
import type { Address } from './address.ts';

const READ = { methods: ['GET'], urgency: 'joining', framed: true } as const;
const PAGE = { ...READ, cors: 'reads', owner: 'door' } as const;

const SHOWN = { methods: ['GET'], urgency: 'reading', cors: 'reads', owner: 'site' } as const;

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
  {
    ...{ id: 'oembed', what: 'how another site shows a link of this one', pattern: '/oembed' },
    ...{ ...SHOWN, examples: ['/oembed'] },
  },
  {
    ...{ id: 'room-card', what: "the image of a room's link", pattern: '/r/:room/card.png' },
    ...{ ...SHOWN, examples: ['/r/hall/card.png'] },
  },
  {
    ...{ id: 'post-card', what: "the image of a post's link", pattern: '/@:name/:name/card.png' },
    ...{ ...SHOWN, examples: ['/@ana/mjkq2v8x1c0/card.png'] },
  },
  {
    ...{ id: 'room-qr', what: "a room's address for cameras", pattern: '/r/:room/qr.svg' },
    ...{ ...SHOWN, examples: ['/r/hall/qr.svg'] },
  },
];
