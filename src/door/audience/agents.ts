import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Exclusion } from '../../wire/metrics.ts';

/** Agents whose kind is remembered; beyond it all are looked at again. */
const MOST_KEPT = 2_048;
/** Longer agents are cut: a pattern must not be tried on kilobytes. */
const MOST_LETTERS = 512;

/** Our own rehearsals call themselves so; see `src/rehearsal/people`. */
const REHEARSAL = /^earshot-crowd\b/;
/** Libraries and engines that the list does not know. */
const LIBRARY =
  /^(?:node|undici|Deno|Bun|Java|libwww|Apache-HttpClient|PostmanRuntime|reqwest|GuzzleHttp|libcurl|PycURL|python-urllib3|aria2)\b/;
/** Servers that pass the sound on: who hears it there is not known here. */
const RELAY = /^(?:Icecast|liquidsoap|shoutcast|AzuraRelay)\b/i;
/**
 * Robots that say so themselves and that the list does not know yet. There are phones called Cubot. `atc` is what a watch
 * fetches by itself, beside its telephone.
 */
const ROBOT = new RegExp(
  [
    String.raw`(?<!cu|tweet)bot\b`,
    String.raw`(?:crawler|spider|scraper|scrapy|fetcher|importer|transcriber?|indexer|analyzer|scanner)\b`,
    String.raw`\b(?:podcast.sync|feed.?parser|feed consumer|monitoring|probe|worker)\b`,
    String.raw`^Mozilla\/\S+ \(compatible;[^)]*https?:\/\/|^atc\/`,
  ].join('|'),
  'i',
);
/** Programs of people that the list takes for robots: podcast players, and any program of an Android phone. */
const PLAYER =
  /^(?:Overcast|Podimo|EpisodeFever|FeedFlow)\/|^Mozilla\/.* PocketCasts\/|^Dalvik\/\S+ \(Linux; U; Android /;

/** One of the list, as far as it is read. */
interface Listed {
  readonly pattern: string;
  readonly tags?: readonly string[];
}

/**
 * What reads pages for nobody in particular is told by its user agent, from a public list of 1,500 of them (MIT). It is
 * read here, not imported: an imported list stays in memory with all its examples.
 */
function readPatterns(): { any: RegExp; kinds: readonly (readonly [RegExp, Exclusion])[] } {
  const path = createRequire(import.meta.url).resolve('crawler-user-agents');
  const crawlers = JSON.parse(readFileSync(path, 'utf8')) as readonly Listed[];
  const pattern = (tag?: string): RegExp =>
    new RegExp(
      crawlers
        .filter(({ tags }) => tag === undefined || tags?.includes(tag))
        .map((one) => one.pattern)
        .join('|'),
    );
  return {
    any: pattern(),
    kinds: [
      [pattern('browser-automation'), 'headless'],
      [pattern('http-library'), 'bot-library'],
      [pattern('social-preview'), 'preview'],
    ],
  };
}
const { any: ANY, kinds: KINDS } = readPatterns();

function kindOf(agent: string): Exclusion {
  if (REHEARSAL.test(agent)) return 'rehearsal';
  if (LIBRARY.test(agent) || RELAY.test(agent)) return 'bot-library';
  if (ROBOT.test(agent)) return KINDS.find(([kind]) => kind.test(agent))?.[1] ?? 'bot';
  if (PLAYER.test(agent)) return 'none';
  if (!ANY.test(agent)) return 'none';
  return KINDS.find(([kind]) => kind.test(agent))?.[1] ?? 'bot';
}

const kept = new Map<string, Exclusion>();

/**
 * Whether sessions of a user agent count, and if not, why. `brands`: the value of `Sec-CH-UA`, in which headless
 * browsers name themselves as well.
 */
export function agentExclusion(agent: string | undefined, brands?: string): Exclusion {
  const name = (agent ?? '').trim().slice(0, MOST_LETTERS);
  if (name === '') return 'no-agent';
  if (brands?.includes('Headless')) return 'headless';
  let kind = kept.get(name);
  if (kind === undefined) {
    if (kept.size >= MOST_KEPT) kept.clear();
    kind = kindOf(name);
    kept.set(name, kind);
  }
  return kind;
}
