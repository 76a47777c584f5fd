import { hashOf, isChained, parseLine } from './entry.ts';

/** The newest entry of one chain. */
export interface ChainEnd {
  /** Whose chain; '' in a file with one writer. */
  readonly by: string;
  readonly seq: number;
  /** SHA-256 of its line, in hexadecimal. */
  readonly hash: string;
}

/** The result of checking a journal. */
export interface Verified {
  /** True when every entry follows the one before it, and none of the expected ones is missing or different. */
  readonly holds: boolean;
  /** Entries with a place in a chain. */
  readonly entries: number;
  /** Lines from an older version, which wrote no chain; the first entry after them covers the last of them. */
  readonly older: number;
  /** Unfinished lines, which a kill or a full disk leaves: never entries, and no chain goes through them. */
  readonly torn: number;
  /** Entries that could not be written, as the journal says itself. */
  readonly dropped: number;
  readonly chains: readonly ChainEnd[];
  /** What does not hold, each with its line (from 1); at most `MOST_TOLD`. */
  readonly findings: readonly string[];
  /** What is not wrong but should be known. */
  readonly notes: readonly string[];
}

const MOST_TOLD = 20;

interface Chain {
  seq: number;
  hash: string;
  /** Its first entry in this file. */
  first: number;
}

/**
 * Checks the chains of a journal. `older` is its older part, where there is one. `expected` are chain ends that were
 * signed earlier: each must be among the entries, unchanged.
 */
export function verify(text: string, older = '', expected: readonly ChainEnd[] = []): Verified {
  const findings: string[] = [];
  const notes: string[] = [];
  const chains = new Map<string, Chain>();
  const awaited = new Map(expected.map((end) => [`${end.by} ${end.seq}`, end]));
  let [entries, unchained, torn, dropped] = [0, 0, 0, 0];
  const find = (where: string, what: string): void => void findings.push(`${where}: ${what}`);

  const read = (part: string, prefix: string): void => {
    for (const [index, line] of part.split('\n').entries()) {
      if (line === '') continue;
      const where = `${prefix}line ${index + 1}`;
      const entry = parseLine(line);
      if (!entry) {
        torn += 1;
        notes.push(
          `${where} is unfinished, as a kill or a full disk leaves it: it is no entry and breaks no chain`,
        );
        continue;
      }
      const by = typeof entry.by === 'string' ? entry.by : '';
      const chain = chains.get(by);
      const hash = hashOf(line);
      if (!isChained(entry)) {
        if (chain && chain.seq > 0) find(where, 'was added later: it has no place in the chain');
        unchained += 1;
        if (!chain || chain.seq === 0) chains.set(by, { seq: 0, hash, first: 0 });
        continue;
      }
      entries += 1;
      dropped += typeof entry.dropped === 'number' ? entry.dropped : 0;
      const { seq, previous } = entry;
      const mine = by === '' ? '' : ` of ${by}`;
      if (!chain) {
        if (seq > 1)
          notes.push(
            `${where} is the first${mine} and has the number ${seq}: earlier ones are not in this file, because an older part was replaced or removed`,
          );
        else if (previous !== '') find(where, `is number 1${mine} and yet follows a line that is missing`);
      } else if (seq > chain.seq + 1) find(where, `${said(chain.seq + 1, seq - 1)}${mine} missing before it`);
      else if (seq <= chain.seq)
        find(where, `has the number ${seq}${mine}, which was there already: a second history begins here`);
      else if (previous !== chain.hash)
        find(where, `does not follow the entry before it${mine}: that one was changed after it was written`);
      const end = awaited.get(`${by} ${seq}`);
      if (end && end.hash === hash) awaited.delete(`${by} ${seq}`);
      chains.set(by, { seq, hash, first: chain && chain.first > 0 ? chain.first : seq });
    }
  };
  if (older !== '') read(older, 'older part, ');
  read(text, '');

  for (const { by, seq } of awaited.values()) {
    const chain = chains.get(by);
    const mine = by === '' ? '' : ` of ${by}`;
    findings.push(
      !chain || chain.seq < seq
        ? `the signed head has entry ${seq}${mine}, and the journal ends before it: entries were removed`
        : chain.first > seq
          ? `entry ${seq}${mine} of the signed head is not in this file any more`
          : `entry ${seq}${mine} is not the one that the head was signed for: it was changed`,
    );
  }
  return {
    holds: findings.length === 0,
    ...{ entries, older: unchained, torn, dropped },
    chains: [...chains].filter(([, { seq }]) => seq > 0).map(([by, { seq, hash }]) => ({ by, seq, hash })),
    findings: shortened(findings),
    notes: shortened(notes),
  };
}

const said = (from: number, to: number): string =>
  from === to ? `entry ${from} is` : `entries ${from} to ${to} are`;

function shortened(list: readonly string[]): string[] {
  const rest = list.length - MOST_TOLD;
  return rest > 0 ? [...list.slice(0, MOST_TOLD), `and ${rest} more`] : [...list];
}
