/** Which texts an image can have: the faces of the images have four scripts. */
const FACES = /^(?:[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}]|[^\p{L}])*$/u;
const HEBREW = /\p{Script=Hebrew}/u;
const LEFT = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u;
const MIRRORED: Readonly<Record<string, string>> = {
  ...{ '(': ')', ')': '(', '[': ']', ']': '[', '<': '>', '>': '<', '«': '»', '»': '«' },
};

/** True for a text all of whose letters can be drawn. One of which a part were missing would say something else. */
export const canWrite = (text: string): boolean => FACES.test(text);

/** True for a text that is read from the right: its first letter is. */
export const readsFromRight = (text: string): boolean =>
  HEBREW.test([...text].find((letter) => HEBREW.test(letter) || LEFT.test(letter)) ?? '');

/** A stretch of letters of the right-to-left script, with what stands between them; numbers keep their order. */
const turned = (text: string): string =>
  [...text]
    .toReversed()
    .map((letter) => MIRRORED[letter] ?? letter)
    .join('')
    .replace(/\d[\d.,:]*\d/g, (number) => [...number].toReversed().join(''));

/**
 * A line in the order in which its letters stand from left to right. Simple: two directions, no levels within levels.
 * Spec: UAX 9.
 */
export function visualLine(line: string): string {
  if (!HEBREW.test(line)) return line;
  const bare = line.replace(/[\p{M}\u200e\u200f\u2066-\u2069]/gu, '');
  if (!readsFromRight(bare))
    return bare.replace(/\p{Script=Hebrew}(?:[^\p{L}]*\p{Script=Hebrew})*/gu, (run) => turned(run));
  const runs = bare.split(
    /([\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}](?:[^\p{Script=Hebrew}]*[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\d])?)/u,
  );
  return runs
    .map((run, n) => (n % 2 === 1 ? run : turned(run)))
    .toReversed()
    .join('');
}

/** How wide a letter is on average, by its size; with room to spare. */
const LETTER = 0.54;

/** A text in at most `most` lines of a width; the last of a longer text ends with an ellipsis. */
export function wrappedLines(text: string, size: number, width: number, most: number): string[] {
  const fits = Math.max(4, Math.floor(width / (size * LETTER)));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    let rest = word;
    while ([...rest].length > fits) {
      if (line !== '') lines.push(line);
      line = '';
      lines.push([...rest].slice(0, fits).join(''));
      rest = [...rest].slice(fits).join('');
    }
    if (line !== '' && [...line].length + 1 + [...rest].length > fits) {
      lines.push(line);
      line = rest;
    } else line = line === '' ? rest : `${line} ${rest}`;
    // Nobody draws what is not shown.
    if (lines.length > most) break;
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most) return lines;
  const last = [...(lines[most - 1] ?? '')].slice(0, fits - 1).join('');
  return [...lines.slice(0, most - 1), `${last}…`];
}
