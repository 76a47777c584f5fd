/** Addresses of profiles, posts, feeds and search. */
import type { Address } from './address.ts';

const PAGE = { owner: 'site', cors: 'own', urgency: 'reading' } as const;
/** An image as a file, and the form with four of them and a text. */
const IMAGE_BODY = 8_000_000;
const FORM_BODY = 4 * IMAGE_BODY + 256 * 1024;
/** Nothing of a form with files is read of somebody who is not signed in. */
const FORMS = { ...PAGE, methods: ['GET', 'POST'], body: FORM_BODY } as const;
const UPLOAD = { owner: 'site', cors: 'reads', urgency: 'control', body: IMAGE_BODY } as const;

/** The rows. */
export const SOCIAL_ADDRESSES: readonly Address[] = [
  {
    ...{ id: 'image', what: 'an image of a post, or a picture of somebody', pattern: '/_image/:file' },
    ...{ owner: 'door', methods: ['GET'], cors: 'reads', urgency: 'furniture', exact: true, cache: 'image' },
    examples: ['/_image/0123456789abcdef0123456789abcdef-800.webp'],
  },
  {
    ...{ ...UPLOAD, id: 'images-api', what: 'takes an image for a post', pattern: '/api/images' },
    ...{ methods: ['POST'], examples: ['/api/images'] },
  },
  {
    ...{
      ...UPLOAD,
      id: 'avatar-api',
      what: 'the picture that somebody shows',
      pattern: '/api/profile/avatar',
    },
    ...{ methods: ['PUT', 'DELETE'], examples: ['/api/profile/avatar'] },
  },
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
    ...{ ...PAGE, methods: ['GET'], id: 'social-home', what: 'posts below the rooms of the home page' },
    ...{ pattern: '/posts/home', examples: ['/posts/home'] },
  },
  {
    ...{ ...PAGE, methods: ['GET'], id: 'social-notifications', what: "what others did with one's posts" },
    ...{ pattern: '/notifications', examples: ['/notifications'] },
  },
  {
    ...{ ...FORMS, id: 'social-settings', what: 'what one is told, whom one reads, the language' },
    ...{ pattern: '/settings', examples: ['/settings'] },
  },
  {
    ...{ ...FORMS, id: 'social-compose', what: 'where one writes a post' },
    ...{ pattern: '/compose', examples: ['/compose'] },
  },
];
