import { readFileSync, statSync } from 'node:fs';
import {
  type BlockRule,
  type CompiledBlockRule,
  checkText,
  compileBlockRule,
} from '../../wire/moderation/block-words.ts';

/** How often the file is looked at, ms. */
const LOOK_MS = 1_000;

/** The name of the rule that a text breaks in a room; undefined when it may be written. */
export type TextCheck = (room: string, text: string) => string | undefined;

/**
 * Compares texts with the lists that the site has written down: that of the server, and that of the room. The file is
 * read only when it has changed; while it cannot be read the last lists count.
 */
export function openTextCheck(clock: { now(): number }, path: string): TextCheck {
  let seen = '';
  let looked = Number.NEGATIVE_INFINITY;
  let lists = new Map<string, readonly CompiledBlockRule[]>();
  const look = (): void => {
    const now = clock.now();
    if (now - looked < LOOK_MS) return;
    looked = now;
    const found = statSync(path, { throwIfNoEntry: false });
    const state = found ? `${found.mtimeMs} ${found.ino} ${found.size}` : '';
    if (state === seen) return;
    seen = state;
    if (!found) return;
    try {
      const read = JSON.parse(readFileSync(path, 'utf8')) as Record<string, BlockRule[]>;
      lists = new Map(
        Object.entries(read).map(([room, rules]) => [
          room,
          rules.flatMap((rule) => compileBlockRule(rule) ?? []),
        ]),
      );
    } catch {
      // It is written anew with the next change.
    }
  };
  return (room, text) => {
    look();
    return checkText(text, [...(lists.get('') ?? []), ...(lists.get(room) ?? [])])?.name;
  };
}
