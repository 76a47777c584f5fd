/** A compiled pattern. */
export interface Pattern {
  /** Matches the whole path; the group `room` is the room's name, where the pattern has one. */
  readonly whole: RegExp;
  /** Its source without anchors and without groups of its own; JavaScript, PCRE and POSIX read it alike. */
  readonly source: string;
  /** True when only one path matches: the pattern itself. */
  readonly literal: boolean;
}

/** What the words of a pattern stand for. Only plain letters: no address needs percent-encoding. */
export const WORDS: Readonly<Record<string, string>> = {
  /**
   * The name of a room, and behind `~` the key to it where it is private (`door/request/room-gate.ts`). Longer or
   * shorter than a real one is simply a room that nobody has.
   */
  room: '[a-z0-9-]{1,64}(~[0-9a-f]{40})?',
  /** `opus64`, `aac96`: letters and a bitrate, so that `main` and `slow` are none. */
  rendition: '[a-z]{2,8}[0-9]{1,4}',
  /** A fragment's or segment's number. */
  number: '[0-9]{1,10}',
  /** A number within a segment. */
  small: '[0-9]{1,2}',
  /** A made-up name, such as a session's or a person's. */
  name: '[A-Za-z0-9_-]{1,64}',
  /** The id of a figure. */
  metric: '[a-z_]{4,32}',
  /** Names of files below a folder. */
  file: '[A-Za-z0-9_./-]{1,120}',
  /** Steps of the API behind `/api/`; nothing encoded, no dots alone. */
  steps: '[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}(/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}){0,7}',
};

const TOKEN = /:([a-z]+)|\(([^)]*)\)|([^:(]+)/g;
const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Compiles `/r/:room/radio.(aac|mp3)`. @throws when a word is unknown. */
export function compile(pattern: string): Pattern {
  let source = '';
  let literal = true;
  for (const [, word, choice, text] of pattern.matchAll(TOKEN)) {
    if (text !== undefined) {
      source += literally(text);
      continue;
    }
    literal = false;
    if (choice !== undefined) {
      source += `(${choice.split('|').map(literally).join('|')})`;
      continue;
    }
    const means = WORDS[word ?? ''];
    if (means === undefined) throw new Error(`"${pattern}": nothing is called :${word}`);
    source += means;
  }
  const { room = '' } = WORDS;
  return { whole: new RegExp(`^${source.replace(room, `(?<room>${room})`)}$`), source, literal };
}

const ROOM_PREFIX = `/r/${WORDS.room}`;

/** One unanchored regular expression for any of several sources. Their common beginning is written once. */
export function anyOf(sources: readonly string[]): string {
  const shared = sources.every((source) => source.startsWith(`${ROOM_PREFIX}/`));
  const rest = shared ? sources.map((source) => source.slice(ROOM_PREFIX.length)) : sources;
  const choice = rest.length === 1 ? (rest[0] ?? '') : `(${rest.join('|')})`;
  return shared ? `${ROOM_PREFIX}${choice}` : choice;
}
