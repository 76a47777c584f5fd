import type { PageLanguage } from '../base/negotiation.ts';

const ABOUT: Readonly<Record<PageLanguage, string>> = {
  en: 'Live rooms: a few people talk, everyone who comes hears them.',
  fr: 'Des salles en direct : quelques personnes parlent, toutes celles qui viennent les entendent.',
};

/**
 * How the pages are installed as an app. Its two colours are those of the light theme: a manifest has one of each, and the
 * pages themselves say both. Spec: Web Application Manifest (W3C).
 */
export const appManifest = (language: PageLanguage): string =>
  JSON.stringify({
    ...{ id: '/', name: 'Earshot', short_name: 'Earshot', description: ABOUT[language], lang: language },
    ...{ start_url: '/', scope: '/', display: 'standalone', dir: 'ltr' },
    ...{ background_color: '#f7f3ea', theme_color: '#f7f3ea' },
    categories: ['news', 'social'],
    icons: [
      { src: '/_/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/_/icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: '/_/icon-mask.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml' },
    ],
  });

/** The tags that tell a browser of it. */
export const APP_TAGS =
  '<link rel="manifest" href="/manifest.webmanifest">\n<link rel="apple-touch-icon" href="/_/icon-180.png">\n';

/**
 * The script for browsers that still have the worker of a server that has switched it off: it goes, and takes what it kept
 * along.
 */
export const NO_WORKER = `addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) =>
  event.waitUntil(caches.delete('earshot-offline').then(() => registration.unregister())),
);
`;
