/** Addresses of profiles, posts, feeds and search. */
import type { Address } from './address.ts';

const PAGE = { owner: 'site', cors: 'own', urgency: 'reading' } as const;
/** 500 characters of any script, percent-encoded. */
const FORMS = { ...PAGE, methods: ['GET', 'POST'], body: 64 * 1024 } as const;

/** The rows. */
export const SOCIAL_ADDRESSES: readonly Address[] = [
  {
    ...{ ...FORMS, id: 'social-post', what: 'a post, its answers, and what is done with it' },
    ...{ pattern: '/@:name/:name', examples: ['/@ana/mjkq2v8x1c0'] },
  },
  {
    ...{ ...FORMS, id: 'social-profile', what: 'what somebody shows, and their posts' },
    ...{ pattern: '/@:name', examples: ['/@ana'] },
  },
  {
    ...{
      ...PAGE,
      methods: ['GET'],
      id: 'social-list',
      what: 'posts of those one follows; of everybody; search',
    },
    ...{ pattern: '/(following|posts|search)', examples: ['/following', '/posts', '/search'] },
  },
  {
    ...{ ...FORMS, id: 'social-compose', what: 'where one writes a post' },
    ...{ pattern: '/compose', examples: ['/compose'] },
  },
];
