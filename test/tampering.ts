/** Ways to change a bundle, by chance: what a person with an editor, a broken disk, or the log itself could do. */

import { canonicalText, sealed, type TestEvent } from './bundle.ts';
import { chance } from './chance.ts';

/** A changed bundle. */
export interface Tampered {
  readonly what: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The entry that a finding has to name. */
  readonly leaf?: number;
}

type Lines = readonly string[];
interface Change {
  readonly what: string;
  readonly lines: Lines;
  readonly leaf?: number;
}

const kindOf = (line: string): string => (JSON.parse(line) as { kind: string }).kind;
const indexOf = (line: string | undefined): number => (JSON.parse(line ?? '{}') as { index: number }).index;

/** Changes of lines that are found even when the log seals them again with its own key. */
function change(lines: Lines, forked: Lines, random: () => number): Change {
  const pick = (most: number): number => Math.floor(random() * most);
  const of = (kind: string): number[] => lines.flatMap((line, i) => (kindOf(line) === kind ? [i] : []));
  const [entries, checkpoints] = [of('entry'), of('checkpoint')];
  const any = (list: readonly number[]): number => list[pick(list.length)] as number;
  const withLine = (at: number, line: string): Lines => lines.with(at, line);
  const entry = any(entries);
  const checkpoint = any(checkpoints);
  const leaf = indexOf(lines[entry]);
  const ways: readonly (() => Change)[] = [
    () => {
      const line = JSON.parse(lines[entry] as string) as { entry: string };
      const digits = [...line.entry.matchAll(/\d/g)].map(({ index }) => index);
      const at = any(digits);
      const digit = String((Number(line.entry[at]) + 1 + pick(9)) % 10);
      const text = line.entry.slice(0, at) + digit + line.entry.slice(at + 1);
      return {
        what: 'a digit in an entry',
        lines: withLine(entry, canonicalText({ ...line, entry: text })),
        leaf,
      };
    },
    () => {
      const line = JSON.parse(lines[entry] as string) as { proof: string[] };
      const at = pick(line.proof.length);
      const hash = Buffer.from(line.proof[at] as string, 'base64');
      hash[pick(32)]! ^= 1 << pick(8);
      const proof = line.proof.with(at, hash.toString('base64'));
      return { what: 'a bit in a proof', lines: withLine(entry, canonicalText({ ...line, proof })), leaf };
    },
    () => {
      const line = JSON.parse(lines[entry] as string) as { proof: string[] };
      const proof = random() < 0.5 ? line.proof.slice(1) : [...line.proof, line.proof[0]];
      return {
        what: 'a proof of another length',
        lines: withLine(entry, canonicalText({ ...line, proof })),
        leaf,
      };
    },
    () => {
      const line = JSON.parse(lines[entry] as string) as { entry: string };
      const parsed = JSON.parse(line.entry) as Record<string, unknown>;
      const again = JSON.stringify(
        { ...parsed, v: 1, kind: parsed.kind },
        null,
        random() < 0.5 ? 1 : undefined,
      );
      const text = again === line.entry ? `${again} ` : again;
      return {
        what: 'an entry written anew',
        lines: withLine(entry, canonicalText({ ...line, entry: text })),
        leaf,
      };
    },
    () => {
      const other = any(entries.filter((at) => at !== entry));
      const [one, two] = [lines[entry], lines[other]].map(
        (line) => JSON.parse(line as string) as { entry: string },
      );
      const swapped = withLine(entry, canonicalText({ ...one, entry: two?.entry })).with(
        other,
        canonicalText({ ...two, entry: one?.entry }),
      );
      return { what: 'two entries exchanged', lines: swapped, leaf };
    },
    () => {
      const other = any(entries.filter((at) => at !== entry));
      const swapped = withLine(entry, lines[other] as string).with(other, lines[entry] as string);
      return { what: 'two lines exchanged', lines: swapped, leaf: indexOf(lines[Math.min(entry, other)]) };
    },
    () => ({ what: 'an entry doubled', lines: lines.toSpliced(entry, 0, lines[entry] as string), leaf }),
    () => {
      // The last two belong to the end, which only the seal keeps.
      const at = any(entries.slice(0, -2));
      return { what: 'an entry removed', lines: lines.toSpliced(at, 1) };
    },
    () => {
      // One of two of the same size is no loss.
      const grew = checkpoints.filter((at) => !lines[at]?.startsWith('{"consistency":[]'));
      const alone = grew.filter((at) => grew.includes(at + 1));
      return { what: 'a checkpoint removed', lines: lines.toSpliced(any(alone), 1) };
    },
    () => {
      const line = JSON.parse(lines[checkpoint] as string) as { note: string };
      // What strangers sign is not checked: it is for the text and the log's own signature.
      const at = pick(line.note.indexOf('\n', line.note.indexOf('\n\n') + 2));
      const letter = line.note[at] === 'A' ? 'B' : 'A';
      const note = line.note.slice(0, at) + letter + line.note.slice(at + 1);
      return {
        what: 'a letter in a checkpoint',
        lines: withLine(checkpoint, canonicalText({ ...line, note })),
      };
    },
    () => {
      const at = any(checkpoints.slice(1));
      const line = JSON.parse(lines[at] as string) as { consistency: string[] };
      const consistency = line.consistency.slice(1);
      if (line.consistency.length === 0) consistency.push(Buffer.alloc(32).toString('base64'));
      return { what: 'a consistency proof', lines: withLine(at, canonicalText({ ...line, consistency })) };
    },
    () => {
      // The log signed another history too; somebody puts a checkpoint of it between ours.
      const at = any(checkpoints.filter((each) => lines[each] !== forked[each]));
      return { what: 'a checkpoint of a fork', lines: withLine(at, forked[at] as string) };
    },
    () => {
      const at = any(entries.filter((each) => lines[each] !== forked[each]));
      return {
        what: 'an entry of a fork',
        lines: withLine(at, forked[at] as string),
        leaf: indexOf(forked[at]),
      };
    },
  ];
  return (ways[pick(ways.length)] as () => Change)();
}

/**
 * Changes a bundle. `lines` are those of the event without the seal, `forked` those of a log with the same keys that tells
 * another second half. Half of the changes are sealed again by the log, the others are made by whoever passes it on.
 */
export function tamper(event: TestEvent, lines: Lines, forked: Lines, seed: number): Tampered {
  const random = chance(seed);
  const pick = (most: number): number => Math.floor(random() * most);
  const text = sealed(event, lines);
  const made = (what: string, changed: string | Uint8Array, leaf?: number): Tampered => ({
    ...{ what, bytes: Uint8Array.from(typeof changed === 'string' ? Buffer.from(changed) : changed) },
    ...(leaf !== undefined && { leaf }),
  });
  const kind = random();
  if (kind < 0.5) {
    const { what, lines: changed, leaf } = change(lines, forked, random);
    return made(`${what}, sealed again`, sealed(event, changed), leaf);
  }
  if (kind < 0.7) {
    const { what, lines: changed, leaf } = change(lines, forked, random);
    return made(what, `${[...changed, text.trimEnd().split('\n').at(-1)].join('\n')}\n`, leaf);
  }
  const bytes = Buffer.from(text);
  if (kind < 0.8) return made('cut off', bytes.subarray(0, 1 + pick(bytes.length - 1)));
  if (kind < 0.9) {
    const at = pick(bytes.length);
    bytes[at]! ^= 1 << pick(8);
    return made(`a bit at ${at}`, bytes);
  }
  const all = text.trimEnd().split('\n');
  const at = pick(all.length);
  if (kind < 0.95) return made(`line ${at + 1} removed`, `${all.toSpliced(at, 1).join('\n')}\n`);
  const again = JSON.stringify(JSON.parse(all[at] as string), null, 1).replaceAll('\n', '');
  return made(`line ${at + 1} written anew`, `${all.with(at, again).join('\n')}\n`);
}
