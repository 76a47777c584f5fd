import type { MetricId } from '../../wire/metrics.ts';

/** The kind of thing that a statement counts, by the noun it uses. */
export type NounId =
  | 'listeners'
  | 'at-once'
  | 'in-room'
  | 'people'
  | 'unique'
  | 'average'
  | 'tuned-in'
  | 'drop-ins'
  | 'plays'
  | 'replays'
  | 'views'
  | 'room-views'
  | 'impressions'
  | 'embeds'
  | 'reach'
  | 'visits'
  | 'attempts'
  | 'retries'
  | 'joins'
  | 'failures'
  | 'downloads'
  | 'hours'
  | 'minutes'
  | 'seconds'
  | 'none';

/** A noun: its words, and the figures that it may rightly refer to, the most usual one first. */
export interface ClaimNoun {
  readonly id: NounId;
  readonly means: readonly MetricId[];
  /** What one of it is in the figure's unit: an hour of listening is 3,600 seconds. */
  readonly factor: number;
}

const noun = (id: NounId, means: readonly MetricId[], factor = 1): ClaimNoun => ({ id, means, factor });

/** All nouns that are understood. */
export const NOUNS: Readonly<Record<NounId, ClaimNoun>> = {
  listeners: noun('listeners', [
    'peak_concurrent',
    'listeners_now',
    'unique_listeners',
    'tuned_in_live',
    'avg_concurrent',
  ]),
  'at-once': noun('at-once', ['peak_concurrent', 'listeners_now']),
  'in-room': noun('in-room', ['in_room_now', 'join_attempts']),
  people: noun('people', ['unique_listeners', 'peak_concurrent', 'listeners_now']),
  unique: noun('unique', ['unique_listeners']),
  average: noun('average', ['avg_concurrent']),
  'tuned-in': noun('tuned-in', ['tuned_in_live', 'peak_concurrent', 'listeners_now']),
  'drop-ins': noun('drop-ins', ['drop_ins']),
  plays: noun('plays', ['listens_total', 'tuned_in_live', 'replay_listens']),
  replays: noun('replays', ['replay_listens']),
  views: noun('views', [
    'post_impressions',
    'listens_total',
    'replay_listens',
    'visits',
    'embed_impressions',
  ]),
  'room-views': noun('room-views', ['listens_total', 'tuned_in_live', 'replay_listens', 'visits']),
  impressions: noun('impressions', ['post_impressions', 'embed_impressions']),
  embeds: noun('embeds', ['embed_impressions', 'embed_listens']),
  reach: noun('reach', ['post_reach']),
  visits: noun('visits', ['visits']),
  attempts: noun('attempts', ['join_attempts']),
  retries: noun('retries', ['join_retries']),
  joins: noun('joins', ['join_success', 'join_attempts']),
  failures: noun('failures', ['join_failures']),
  downloads: noun('downloads', ['downloads']),
  hours: noun('hours', ['listening_seconds'], 3_600),
  minutes: noun('minutes', ['listening_seconds'], 60),
  seconds: noun('seconds', ['listening_seconds']),
  none: noun('none', [
    ...([
      'peak_concurrent',
      'listeners_now',
      'listens_total',
      'post_impressions',
      'unique_listeners',
    ] as const),
    ...([
      'tuned_in_live',
      'replay_listens',
      'in_room_now',
      'join_attempts',
      'visits',
      'join_success',
    ] as const),
    ...(['join_failures', 'avg_concurrent', 'post_reach', 'embed_impressions', 'downloads'] as const),
    ...(['drop_ins', 'join_retries', 'embed_listens'] as const),
  ]),
};

const ROOM = '(?:space|room|conversation|interview|stream|talk|event|audio|live|broadcast|show|debate)s?';
const SALLE =
  '(?:space|salle|conversation|entretien|direct|live|interview|emission|echange|evenement|debat|audio|diffusion)s?';
const POST = '(?:posts?|tweets?|announcements?|cards?|messages?|threads?)';
const BILLET = '(?:posts?|tweets?|publications?|messages?|annonces?|billets?|cartes?)';
const OF = "(?:du |de la |de l'|de cet(?:te)? |de ce |de son |de sa |des |sur le |sur la |sur l')";

/** Words in the order in which they are looked for: what says more stands first. */
const WORDS: readonly (readonly [RegExp, NounId])[] = [
  [
    /\b(?:listening|listener|listened)[- ]hours?\b|\bhours? (?:of (?:listening|audio)|listened|heard)\b|\bheures? d'?(?:ecoute|e audio)\b|\bheures? ecoutees\b/,
    'hours',
  ],
  [
    /\b(?:listening|listener)[- ]minutes?\b|\bminutes? (?:of (?:listening|audio)|listened|heard)\b|\bminutes? d'?ecoute\b/,
    'minutes',
  ],
  [
    /\b(?:listening|listener)[- ]seconds?\b|\bseconds? (?:of (?:listening|audio)|listened|heard)\b|\bsecondes? d'?ecoute\b/,
    'seconds',
  ],
  [/\bretr(?:y|ies|ied)\b|\bnouvelles tentatives\b|\breessais?\b/, 'retries'],
  [
    /\bfail(?:ed|ures?|s)?\b|\b(?:could|did|were) ?(?:n't|not|unable to)\b(?! stop)|\bturned away\b|\blocked out\b|\bkicked out\b|\bechecs?\b|\bechou\p{L}+\b|\bn'ont pas pu\b|\brefuse(?:e?s)?\b|\brefoul\p{L}+\b/u,
    'failures',
  ],
  [
    /\btried to\b|\battempt(?:s|ed)?\b|\btentatives?\b|\bont (?:tente|essaye)\b|\bpressed listen\b/,
    'attempts',
  ],
  [/\bdrop-?ins?\b|\bpassages? (?:eclair|de moins)\b/, 'drop-ins'],
  [
    /\breplays?\b|\breplayed\b|\brediffusions?\b|\breecout\p{L}*\b|\ben differe\b|\blistened again\b/u,
    'replays',
  ],
  [/\bpage ?-?views?\b|\bpages? vues?\b|\bvisits?\b|\bvisites?\b|\bvisitors?\b|\bvisiteurs?\b/, 'visits'],
  [/\bembed(?:s|ded)?\b|\bintegre\p{L}*\b/u, 'embeds'],
  [
    new RegExp(
      `\\bimpressions?\\b|\\bviews? (?:of|on|for) (?:the |his |her |that |this |our |their |my )?(?:announcing |announcement )?${POST}\\b|\\b(?:post|tweet|card) views?\\b|\\bvues? ${OF}${BILLET}\\b|\\baffichages?\\b|\\b${POST} (?:was|were|has been|had been|got|has) (?:seen|viewed)\\b|\\b${BILLET} (?:a ete|avait ete|fut|ont ete) vue?s?\\b`,
    ),
    'impressions',
  ],
  [
    new RegExp(
      `\\bviews? (?:of|on|for) (?:the |his |her |that |this |our |their |my )?${ROOM}\\b|\\b(?:space|room|live) views?\\b|\\bvues? ${OF}${SALLE}\\b|\\b${SALLE} (?:a ete|avait ete|fut) vue?s?\\b`,
    ),
    'room-views',
  ],
  [/\bviews?\b|\bviewed\b|\bvue?s?\b|\bvisionnages?\b|\bwatched\b|\bclicks?\b|\bclics?\b/, 'views'],
  [/\bdownload(?:s|ed)?\b|\btelecharg\p{L}*\b/u, 'downloads'],
  [/\b(?:unique|distinct|different|cumulative|uniques|distinctes?|differente?s)\b/, 'unique'],
  // A thing that is heard so many times is no number of people.
  [/\b(?:listened to|played|heard|ecoute(?:e?s)?)\b.{0,80}\b(?:times|fois)\b/, 'plays'],
  [/\btuned in\b|\btune-ins?\b|\btuning in\b|\bont suivi\b|\bsuivaient\b/, 'tuned-in'],
  [
    /\blisteners?\b|\blistening\b|\blistened\b|\baudit(?:eurs?|rices?)\b|\baudiences?\b|\becoutaient\b|\becoutent\b|\bont ecoute\b|\ba l'ecoute\b|\bviewers?\b|\bspectateurs?\b|\bspectatrices?\b|\bheard\b|\bentendu\b/,
    'listeners',
  ],
  [/\breach(?:ed)?\b|\bportee\b|\btouche(?:es?|s)?\b|\bsaw (?:it|the)\b|\bont vu\b/, 'reach'],
  [/\bplay(?:s|ed)?\b|\becoutes?\b|\blistens\b|\bstreams?\b|\blectures?\b/, 'plays'],
  [/\bjoin(?:s|ed)\b|\bgot in\b|\bont rejoint\b|\bsont entre(?:e?s)\b|\bconnexions\b|\bjoins\b/, 'joins'],
  [
    /\bin (?:the |this |that |our |his )?(?:room|space|hall)\b|\bdans (?:la salle|l'espace|le space|la piece)\b|\bconnected\b|\bconnecte(?:e?s)?\b|\bwaiting\b|\bwaited\b|\ben attente\b|\battend(?:ai)?ent\b|\bpresente?s?\b|\bsessions?\b/,
    'in-room',
  ],
  [
    /\bpeople\b|\bpersons?\b|\bpersonnes?\b|\bgens\b|\bhumans?\b|\busers?\b|\butilisat\p{L}+\b|\bfans\b|\binternautes?\b|\baccounts?\b|\bcomptes?\b|\bfollowers?\b|\bmonde\b/u,
    'people',
  ],
];

/** The noun that was found, and its words as they stand in the text. */
export interface NounFound {
  readonly noun: ClaimNoun;
  readonly said: string;
}

/** Nouns that mean persons, for which "at once" says that they are counted at one instant. */
const PERSONS: ReadonlySet<NounId> = new Set(['listeners', 'people', 'in-room', 'tuned-in', 'none']);

/** Finds the noun in a normalised text. */
export function nounIn(
  text: string,
  hints: { readonly atOnce: boolean; readonly average: boolean },
): NounFound {
  let found: NounFound = { noun: NOUNS.none, said: '' };
  for (const [words, id] of WORDS) {
    const said = words.exec(text)?.[0];
    if (said === undefined) continue;
    found = { noun: NOUNS[id], said };
    break;
  }
  const { id } = found.noun;
  const room = WORDS.find(([, other]) => other === 'in-room')?.[0].test(text) ?? false;
  if (hints.average && PERSONS.has(id)) return { ...found, noun: NOUNS.average };
  if (hints.atOnce && PERSONS.has(id))
    return { ...found, noun: room ? also(NOUNS['at-once'], NOUNS['in-room']) : NOUNS['at-once'] };
  // People in the room may be playing or not; listeners in the room listen.
  if (id === 'listeners' && room) return { ...found, noun: also(NOUNS.listeners, NOUNS['in-room']) };
  return found;
}

const also = (one: ClaimNoun, other: ClaimNoun): ClaimNoun => ({
  ...one,
  means: [...one.means, ...other.means.filter((id) => !one.means.includes(id))],
});
