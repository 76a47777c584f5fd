import { isUtf8 } from 'node:buffer';

/** Objects and arrays within each other; nothing that we are sent needs more than a few. */
const MOST_NESTED = 32;

/**
 * The value of a JSON text that a client sent. Two readers must not find different things in it, so a name that is given
 * twice in one object is refused; so is what is nested deeper than 32. Bytes must be UTF-8. Spec: RFC 8259, 4 and 8.1.
 * @throws SyntaxError
 */
export function parseJson(sent: string | Uint8Array): unknown {
  if (typeof sent !== 'string' && !isUtf8(sent)) throw new SyntaxError('not UTF-8');
  const text = typeof sent === 'string' ? sent : Buffer.from(sent).toString('utf8');
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null) checkNames(text);
  return value;
}

/** Walks a text that is known to be JSON: strings, and brackets outside of them. */
function checkNames(text: string): void {
  const open: (Set<unknown> | undefined)[] = [];
  for (const { 0: piece, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (piece === '{' || piece === '[') {
      if (open.push(piece === '{' ? new Set() : undefined) > MOST_NESTED)
        throw new SyntaxError(`nested deeper than ${MOST_NESTED}`);
    } else if (piece === '}' || piece === ']') open.pop();
    else if (isName(text, index + piece.length)) {
      const names = open.at(-1);
      const name: unknown = JSON.parse(piece);
      if (names?.has(name)) throw new SyntaxError(`the name ${piece.slice(0, 40)} is given twice`);
      names?.add(name);
    }
  }
}

/** True when a colon follows. */
function isName(text: string, from: number): boolean {
  let at = from;
  while (/\s/.test(text[at] ?? '')) at += 1;
  return text[at] === ':';
}
