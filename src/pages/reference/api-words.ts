import type { PageLanguage } from '../../base/negotiation.ts';

/** The words of the page about the API. What an operation does is said in English, as the description has it. */
export interface ApiWords {
  readonly title: string;
  readonly about: string;
  readonly lead: string;
  readonly groups: Readonly<Record<ApiGroup, string>>;
  readonly contents: string;
  readonly link: string;
  readonly perhaps: string;
  readonly open: string;
  readonly parameters: string;
  readonly body: string;
  readonly answer: string;
  readonly refusals: string;
  readonly example: string;
  readonly schemas: string;
  readonly required: string;
  readonly optional: string;
  readonly alike: readonly string[];
}

/** Groups of operations, in their order on the page. */
export type ApiGroup =
  | 'rooms'
  | 'listening'
  | 'posts'
  | 'stage'
  | 'hands'
  | 'replay'
  | 'claims'
  | 'incidents'
  | 'moderation'
  | 'account'
  | 'others';

const ENGLISH: ApiWords = {
  title: 'The API of this server',
  about: 'Every operation of the API with its fields, answers, refusals and an example.',
  lead: 'Everything that the pages do with rooms. Programs read the same as <a href="/openapi.json">OpenAPI 3.1</a>.',
  groups: {
    rooms: 'Rooms',
    listening: 'What is on, and who listens',
    posts: 'Profiles and posts',
    stage: 'The stage, its people and music',
    hands: 'What listeners do',
    replay: 'Recordings',
    claims: 'Claims and notes',
    incidents: 'Incidents',
    moderation: 'Moderation',
    account: 'Accounts',
    others: 'Others',
  },
  contents: 'Operations',
  link: 'Needs a link or key: <code>Authorization: Bearer TOKEN</code>',
  perhaps: 'A link or key may be needed: <code>Authorization: Bearer TOKEN</code>',
  open: 'Needs nothing',
  parameters: 'Parameters',
  body: 'What is sent',
  answer: 'Answers',
  refusals: 'Refusals',
  example: 'Example',
  schemas: 'What answers hold',
  required: 'required',
  optional: 'optional',
  alike: [
    'A refusal is <code>application/problem+json</code>; its <code>type</code> is the page that <a href="/errors">explains its code</a>.',
    'A <code>POST</code> with an <code>Idempotency-Key</code> can be sent again: it is done once.',
    'An answer with an <code>ETag</code> can be changed with <code>If-Match</code>: 412 when somebody else has changed it since.',
    'A list with <code>next</code> goes on: give it back as <code>cursor</code>.',
    '<code>RateLimit</code> says how many more requests there may be; after a 429, <code>Retry-After</code> says when.',
  ],
};

const FRENCH: ApiWords = {
  title: 'L’API de ce serveur',
  about: 'Chaque opération de l’API avec ses champs, ses réponses, ses refus et un exemple.',
  lead: 'Tout ce que les pages font avec les salles. Les programmes lisent la même chose en <a href="/openapi.json">OpenAPI 3.1</a>. Les descriptions qui suivent sont en anglais.',
  groups: {
    rooms: 'Salles',
    listening: 'Ce qui se passe, et qui écoute',
    posts: 'Profils et publications',
    stage: 'La scène, ses personnes et la musique',
    hands: 'Ce que fait le public',
    replay: 'Enregistrements',
    claims: 'Affirmations et notes',
    incidents: 'Incidents',
    moderation: 'Modération',
    account: 'Comptes',
    others: 'Autres',
  },
  contents: 'Opérations',
  link: 'Demande un lien ou une clé : <code>Authorization: Bearer TOKEN</code>',
  perhaps: 'Un lien ou une clé peut être demandé : <code>Authorization: Bearer TOKEN</code>',
  open: 'Ne demande rien',
  parameters: 'Paramètres',
  body: 'Ce qui est envoyé',
  answer: 'Réponses',
  refusals: 'Refus',
  example: 'Exemple',
  schemas: 'Ce que contiennent les réponses',
  required: 'obligatoire',
  optional: 'facultatif',
  alike: [
    'Un refus est du <code>application/problem+json</code> ; son <code>type</code> est la page qui <a href="/errors">explique son code</a>.',
    'Un <code>POST</code> avec une <code>Idempotency-Key</code> peut être renvoyé : il n’est fait qu’une fois.',
    'Une réponse avec un <code>ETag</code> se modifie avec <code>If-Match</code> : 412 si quelqu’un d’autre l’a modifiée entre-temps.',
    'Une liste qui a <code>next</code> continue : rendez-le dans <code>cursor</code>.',
    '<code>RateLimit</code> dit combien de demandes sont encore possibles ; après un 429, <code>Retry-After</code> dit quand.',
  ],
};

/** The words of the page in a language. */
export const apiWords = (language: PageLanguage): ApiWords => (language === 'fr' ? FRENCH : ENGLISH);
