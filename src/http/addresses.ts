/**
 * Every address that a door answers: one row each. A new part adds its rows here and nothing else in the door: who
 * answers, which methods, how urgent, how large a body, what caches keep and what foreign pages may do follows from
 * the row. The first row that matches counts. docs/api.md tells people about them.
 */
import { ACCOUNT_ADDRESSES } from './account-addresses.ts';
import type { Address } from './address.ts';
import { APP_ADDRESSES } from './app-addresses.ts';
import { EMBED_ADDRESSES } from './embed-addresses.ts';
import { INTERACTION_ADDRESSES } from './interaction-addresses.ts';
import { MODERATION_ADDRESSES } from './moderation-addresses.ts';
import { SOCIAL_ADDRESSES } from './social-addresses.ts';
import { SOUND_ADDRESSES } from './sound-addresses.ts';
import { SYNDICATION_ADDRESSES } from './syndication-addresses.ts';

/** Read by anybody from anywhere. */
const READ = { methods: ['GET'], cors: 'reads' } as const;
/** Made by the part that has the sound. */
const SOUND = { ...READ, owner: 'origin' } as const;
const PAGE = { ...READ, owner: 'door' } as const;
/** The log of what was counted. */
const EVIDENCE = { ...READ, owner: 'tally', urgency: 'reading' } as const;
/** What is published about incidents, as files. */
const PRESS = { ...READ, owner: 'press', urgency: 'reading' } as const;
const STAGE = { owner: 'cell', urgency: 'stage', cors: 'stage' } as const;

const SMALL_BODY = 64 * 1024;
/** An account of an incident: 30,000 characters of any script. */
const ACCOUNT_BODY = 300_000;
/** Limit of a host's hold music, the only sound that is uploaded. */
const MUSIC_BODY = 8_000_000;

/** The table of addresses. */
export const ADDRESSES: readonly Address[] = [
  // What is asked for most stands first.
  ...SOUND_ADDRESSES,

  // Pages, and what belongs to them.
  {
    ...{ id: 'home', what: 'the rooms of this server', pattern: '/' },
    ...{ ...PAGE, urgency: 'reading', cache: 'page', examples: ['/'] },
  },
  {
    ...{ id: 'room', what: "a room's page", pattern: '/r/:room' },
    ...{ ...PAGE, urgency: 'joining', cache: 'page', examples: ['/r/hall'] },
  },
  {
    ...{ id: 'numbers', what: 'how many listened, what that means, how to check it' },
    pattern: '/r/:room/numbers',
    ...{ ...PAGE, urgency: 'reading', cache: 'page', examples: ['/r/hall/numbers'] },
  },
  {
    ...{ id: 'figure-card', what: 'one figure as an image with its meaning' },
    pattern: '/r/:room/numbers/:metric.svg',
    ...{ ...PAGE, urgency: 'reading', cache: 'page', examples: ['/r/hall/numbers/peak_concurrent.svg'] },
  },
  ...EMBED_ADDRESSES,
  {
    ...{ id: 'feed', what: 'the rooms of this server as a feed', pattern: '/feed.(xml|atom)' },
    ...{ ...PAGE, urgency: 'reading', examples: ['/feed.xml', '/feed.atom'] },
  },
  {
    ...{ id: 'room-feed', what: 'one room as a feed', pattern: '/r/:room/feed.(xml|atom)' },
    ...{ ...PAGE, urgency: 'reading', examples: ['/r/hall/feed.xml', '/r/hall/feed.atom'] },
  },
  {
    ...{ id: 'host-feed', what: 'the rooms of one host as a feed', pattern: '/@:name/feed.(xml|atom)' },
    ...{ ...PAGE, urgency: 'reading', examples: ['/@ana/feed.xml', '/@ana/feed.atom'] },
  },
  {
    ...{ id: 'studio', what: 'the page of host and speakers', pattern: '/r/:room/studio' },
    ...{ ...PAGE, cors: 'own', urgency: 'furniture', examples: ['/r/hall/studio'] },
  },
  {
    ...{ id: 'asset', what: 'scripts, styles, fonts', pattern: '/_/:file', exact: true },
    ...{ ...PAGE, urgency: 'furniture', cache: 'asset', examples: ['/_/main-a1B2c3D4.js'] },
  },
  {
    ...{ id: 'rooms', what: 'what is on, comes, and was', pattern: '/rooms.json' },
    ...{ ...SOUND, urgency: 'reading', cache: 'state', examples: ['/rooms.json'] },
  },
  {
    ...{ id: 'plan', what: 'how many machines a crowd takes', pattern: '/plan' },
    ...{ ...PAGE, urgency: 'reading', examples: ['/plan'] },
  },
  {
    ...{ id: 'verify', what: 'checks a bundle of figures, offline', pattern: '/verify' },
    ...{ ...PAGE, urgency: 'reading', cache: 'page', examples: ['/verify'] },
  },
  {
    ...{ id: 'post-numbers', what: 'what the numbers under a post mean', pattern: '/numbers' },
    ...{ ...PAGE, urgency: 'reading', cache: 'page', examples: ['/numbers'] },
  },
  {
    ...{ id: 'privacy', what: 'what is kept about listeners', pattern: '/privacy' },
    ...{ ...PAGE, urgency: 'reading', cache: 'page', examples: ['/privacy'] },
  },
  {
    ...{ id: 'operate', what: 'the same for people, and what waits for the operator', pattern: '/operate' },
    ...{ ...PAGE, urgency: 'furniture', cache: 'page', examples: ['/operate'] },
  },
  {
    ...{ id: 'operations', what: 'what every process is doing', pattern: '/operate.json' },
    ...{ ...PAGE, urgency: 'reading', cache: 'state', examples: ['/operate.json'] },
  },
  {
    ...{ id: 'errors', what: 'what each refusal means', pattern: '/errors' },
    ...{ ...PAGE, urgency: 'reading', cache: 'page', examples: ['/errors'] },
  },
  {
    ...{ id: 'icon', what: 'the icon', pattern: '/favicon.(svg|ico)' },
    ...{ ...PAGE, urgency: 'reading', cache: 'page', examples: ['/favicon.svg', '/favicon.ico'] },
  },
  ...APP_ADDRESSES,
  // Their names are no posts.
  ...SYNDICATION_ADDRESSES,
  ...SOCIAL_ADDRESSES,
  {
    ...{ id: 'robots', what: 'what robots may read', pattern: '/robots.txt' },
    ...{ ...PAGE, urgency: 'reading', cache: 'page', examples: ['/robots.txt'] },
  },
  {
    ...{ id: 'health', what: 'that this door lives', pattern: '/healthz' },
    ...{ ...PAGE, urgency: 'health', examples: ['/healthz'] },
  },
  {
    ...{ id: 'ready', what: 'whether every part is well', pattern: '/readyz' },
    ...{ ...PAGE, urgency: 'health', examples: ['/readyz'] },
  },
  {
    ...{ id: 'rehearsal', what: 'the rehearsal that is allowed' },
    pattern: '/.well-known/earshot-rehearsal.json',
    ...{ ...PAGE, urgency: 'reading', examples: ['/.well-known/earshot-rehearsal.json'] },
  },

  // Who listens.
  {
    ...{ id: 'session', what: 'a session for a player that fetches files', pattern: '/r/:room/session' },
    ...{ owner: 'door', methods: ['POST'], urgency: 'hearing', cors: 'own', body: 512 },
    examples: ['/r/hall/session'],
  },
  {
    ...{ id: 'beacon', what: 'a player proves what it has heard', pattern: '/r/:room/beacon' },
    ...{ owner: 'door', methods: ['POST'], urgency: 'reading', cors: 'own', body: 512 },
    examples: ['/r/hall/beacon'],
  },
  {
    ...{ id: 'events', what: 'a page tells of visits and attempts to listen', pattern: '/r/:room/events' },
    ...{ owner: 'door', methods: ['POST'], urgency: 'reading', cors: 'own', body: 2_048 },
    examples: ['/r/hall/events'],
  },

  {
    ...{ id: 'post-events', what: 'a page tells of the posts on it that were seen', pattern: '/post-events' },
    ...{ owner: 'door', methods: ['POST'], urgency: 'reading', cors: 'own', body: 4_096 },
    examples: ['/post-events'],
  },

  // Who waits.
  {
    ...{ id: 'queue-state', what: 'the line now', pattern: '/r/:room/queue.json' },
    ...{ ...READ, owner: 'queue', urgency: 'joining', cache: 'state', examples: ['/r/hall/queue.json'] },
  },
  {
    ...{ id: 'queue-history', what: 'every state the line had', pattern: '/r/:room/queue.jsonl' },
    ...{ ...READ, owner: 'queue', urgency: 'reading', examples: ['/r/hall/queue.jsonl'] },
  },
  {
    ...{ id: 'queue-page', what: "a listener's place, without scripts", pattern: '/r/:room/queue' },
    ...{ ...READ, owner: 'queue', cors: 'own', urgency: 'joining', examples: ['/r/hall/queue'] },
  },
  {
    ...{ id: 'ticket', what: 'a place in the line', pattern: '/r/:room/ticket' },
    ...{ owner: 'queue', methods: ['POST', 'DELETE'], urgency: 'joining', cors: 'own', body: 2_048 },
    examples: ['/r/hall/ticket'],
  },

  // Who speaks.
  {
    ...{ id: 'whip', what: 'a microphone joins', pattern: '/r/:room/(whip|whep)' },
    ...{ ...STAGE, methods: ['POST'], body: SMALL_BODY, examples: ['/r/hall/whip', '/r/hall/whep'] },
  },
  {
    ...{ id: 'whip-session', what: 'one of those', pattern: '/r/:room/(whip|whep)/:name', exact: true },
    ...{ ...STAGE, methods: ['PATCH', 'DELETE'], body: SMALL_BODY, examples: ['/r/hall/whep/abc'] },
  },
  {
    ...{ id: 'backstage', what: 'the studio page and the stage', pattern: '/r/:room/backstage' },
    ...{ ...STAGE, methods: ['GET', 'POST'], body: SMALL_BODY, examples: ['/r/hall/backstage'] },
  },
  {
    ...{ id: 'hand', what: 'a listener raises a hand', pattern: '/r/:room/hand' },
    ...{ owner: 'cell', methods: ['POST'], urgency: 'joining', cors: 'own', body: 2_048 },
    examples: ['/r/hall/hand'],
  },
  {
    ...{ id: 'own-hand', what: 'what becomes of it', pattern: '/r/:room/hand/:name/(here|take|lower)' },
    ...{ owner: 'cell', methods: ['POST'], urgency: 'joining', cors: 'own', body: 2_048, exact: true },
    examples: ['/r/hall/hand/aB-3/take'],
  },

  // Who is let in.
  {
    ...{ id: 'enter', what: 'a key to a private room', pattern: '/r/:room/enter' },
    ...{ owner: 'site', methods: ['POST'], urgency: 'joining', cors: 'own', body: 4_096 },
    examples: ['/r/hall/enter'],
  },
  ...INTERACTION_ADDRESSES,

  // What was counted, so that strangers can check it.
  {
    ...{ id: 'evidence-head', what: 'the signed head of the evidence log', pattern: '/evidence/checkpoint' },
    ...{ ...EVIDENCE, cache: 'state', examples: ['/evidence/checkpoint'] },
  },
  {
    ...{ id: 'evidence-tile', what: 'its hashes and entries', pattern: '/evidence/tile/:file', exact: true },
    ...{ ...EVIDENCE, cache: 'asset' },
    examples: ['/evidence/tile/0/x001/234.p/56', '/evidence/tile/entries/000'],
  },
  {
    ...{ id: 'evidence-entry', what: 'one of its entries', pattern: '/evidence/entry/:number' },
    ...{ ...EVIDENCE, cache: 'asset', examples: ['/evidence/entry/41'] },
  },
  {
    ...{ id: 'evidence-keys', what: 'its keys and witnesses', pattern: '/evidence/keys.json' },
    ...{ ...EVIDENCE, cache: 'state', examples: ['/evidence/keys.json'] },
  },
  {
    ...{ id: 'evidence-cosign', what: 'a witness signs its head as well', pattern: '/evidence/cosign' },
    ...{ ...EVIDENCE, methods: ['POST'], body: 16 * 1024, examples: ['/evidence/cosign'] },
  },
  {
    ...{
      id: 'incident-desk',
      what: 'where the operator writes about incidents',
      pattern: '/operate/incidents',
    },
    // Twice that: the site says in words what is too long, and keeps what it can.
    ...{ owner: 'site', methods: ['GET', 'POST'], urgency: 'control', cors: 'own', body: 2 * ACCOUNT_BODY },
    examples: ['/operate/incidents'],
  },
  {
    ...{ id: 'incidents', what: 'what went wrong on this server' },
    pattern: '/(incidents|incidents.html|incidents.fr.html)',
    ...{ ...PRESS, cache: 'page', examples: ['/incidents', '/incidents.html'] },
  },
  {
    ...{ id: 'incident', what: 'one incident: its page, its JSON, its bundles; the feed of all' },
    pattern: '/incidents/:steps',
    ...{ ...PRESS, cache: 'page', exact: true },
    examples: ['/incidents/20261130-203110', '/incidents/20261130-203110.json', '/incidents/feed.xml'],
  },
  {
    ...{ id: 'evening', what: 'the picture of an evening, for the numbers page' },
    pattern: '/r/:room/evening.json',
    ...{ ...EVIDENCE, cache: 'state', examples: ['/r/hall/evening.json'] },
  },
  {
    ...{ id: 'numbers-csv', what: 'figures with definitions', pattern: '/r/:room/numbers.csv' },
    ...{ ...EVIDENCE, examples: ['/r/hall/numbers.csv'] },
  },
  {
    ...{ id: 'numbers-parquet', what: 'the same for DuckDB and its like' },
    pattern: '/r/:room/numbers.parquet',
    ...{ ...EVIDENCE, examples: ['/r/hall/numbers.parquet'] },
  },
  {
    ...{ id: 'bundle', what: "a room's figures as they can be checked", pattern: '/r/:room/bundle' },
    ...{ ...EVIDENCE, examples: ['/r/hall/bundle'] },
  },

  ...ACCOUNT_ADDRESSES,
  ...MODERATION_ADDRESSES,

  // Rooms as a list of things to do with them.
  {
    ...{ id: 'calendar', what: 'the calendar entry', pattern: '/r/:room/event.ics' },
    ...{ ...READ, owner: 'site', urgency: 'reading', examples: ['/r/hall/event.ics'] },
  },
  {
    ...{ id: 'api-page', what: 'the API, for people', pattern: '/api' },
    ...{ ...READ, owner: 'site', urgency: 'reading', cache: 'page', examples: ['/api'] },
  },
  {
    ...{ id: 'openapi', what: 'the description of the API', pattern: '(/openapi.json|/api/openapi.json)' },
    ...{ ...READ, owner: 'site', urgency: 'reading', examples: ['/openapi.json', '/api/openapi.json'] },
  },
  {
    ...{ id: 'music', what: "a host's hold music", pattern: '/api/rooms/:room/music' },
    ...{
      owner: 'site',
      methods: ['GET', 'PUT', 'DELETE'],
      urgency: 'control',
      cors: 'reads',
      body: MUSIC_BODY,
    },
    examples: ['/api/rooms/hall/music'],
  },
  {
    ...{ id: 'api-room', what: 'all the API about one room', pattern: '/api/rooms/:room' },
    ...{ owner: 'site', methods: ['GET', 'PATCH', 'DELETE'], urgency: 'control', cors: 'reads' },
    ...{ body: SMALL_BODY, examples: ['/api/rooms/hall'] },
  },
  {
    ...{ id: 'api-room-act', what: 'what a host does with it', pattern: '/api/rooms/:room/:steps' },
    ...{ owner: 'site', methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], urgency: 'control' },
    ...{ cors: 'reads', body: SMALL_BODY, exact: true, examples: ['/api/rooms/hall/live'] },
  },
  {
    ...{ id: 'claims', what: 'checks a number that somebody said', pattern: '/claims' },
    ...{ ...READ, cors: 'own', owner: 'site', urgency: 'reading', examples: ['/claims'] },
  },
  {
    ...{ id: 'claim-card', what: 'the signed card of a check', pattern: '/claims/card.(svg|png|json)' },
    ...{ ...READ, owner: 'site', urgency: 'reading' },
    examples: ['/claims/card.svg', '/claims/card.png', '/claims/card.json'],
  },
  {
    ...{ id: 'figure-png', what: 'the image of a figure for previews of links' },
    pattern: '/r/:room/numbers/:metric.png',
    ...{ ...READ, owner: 'site', urgency: 'reading', examples: ['/r/hall/numbers/peak_concurrent.png'] },
  },
  {
    ...{ id: 'case', what: 'the evening of 2024, and what was said of it', pattern: '/case-2024' },
    ...{ ...READ, cors: 'own', owner: 'site', urgency: 'reading', examples: ['/case-2024'] },
  },
  {
    ...{ id: 'case-file', what: 'its bundle and pictures', pattern: '/case-2024/:name.(svg|bundle)' },
    ...{ ...READ, owner: 'site', urgency: 'reading', exact: true },
    examples: ['/case-2024/evening.bundle', '/case-2024/evening.svg'],
  },
  {
    ...{ id: 'room-claims', what: 'what was said about a room', pattern: '/r/:room/claims' },
    ...{ owner: 'site', methods: ['GET', 'POST'], urgency: 'reading', cors: 'own', body: 4_096 },
    examples: ['/r/hall/claims'],
  },
  {
    ...{ id: 'room-claim-card', what: 'the signed card of a claim' },
    pattern: '/r/:room/claims/:name.(svg|png|json)',
    ...{ ...READ, owner: 'site', urgency: 'reading', exact: true, examples: ['/r/hall/claims/aB-3.svg'] },
  },
  {
    ...{ id: 'claim-check', what: 'the same for programs, and adding', pattern: '/api/claims/(check|add)' },
    ...{ owner: 'site', methods: ['GET', 'POST'], urgency: 'reading', cors: 'reads', body: 4_096 },
    examples: ['/api/claims/check', '/api/claims/add'],
  },
  {
    ...{ id: 'claims-waiting', what: 'what strangers said, unseen yet', pattern: '/api/claims/waiting' },
    ...{ ...READ, owner: 'site', urgency: 'control', examples: ['/api/claims/waiting'] },
  },
  {
    ...{ id: 'incidents-api', what: 'what people write about incidents', pattern: '/api/incidents/:steps' },
    ...{ owner: 'site', methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], urgency: 'control' },
    ...{ cors: 'reads', body: ACCOUNT_BODY, examples: ['/api/incidents/20261130-200001/notes'] },
  },
  {
    ...{ id: 'api', what: 'the rest of the API', pattern: '/api/:steps', exact: true },
    ...{ owner: 'site', methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], urgency: 'control' },
    ...{ cors: 'reads', body: SMALL_BODY, examples: ['/api/rooms'] },
  },
];
