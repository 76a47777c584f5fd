/** Amounts by their sign, exponent and 8 bits of their fraction: 0.4 % exact, in their order. */
const CLASSES = 2 ** 16;
const SHIFT = 15;

/** Amounts that are looked at in one piece. */
const PIECE = 8_192;

/** Places of the largest, and of all others. */
export interface Costliest {
  readonly own: number[];
  readonly others: number[];
}

/** Places of the `most` largest of `amounts` (none negative), to 0.4 % of their size, and of all others; no sort, in pieces. */
export function* costliest(amounts: Float32Array, most: number): Generator<undefined, Costliest> {
  if (amounts.length <= most) return { own: Array.from(amounts.keys()), others: [] };
  const own: number[] = [];
  const others: number[] = [];
  const bits = new Uint32Array(amounts.buffer, amounts.byteOffset, amounts.length);
  const classes = new Uint32Array(CLASSES);
  for (let i = 0; i < bits.length; i++) {
    const of = (bits[i] as number) >>> SHIFT;
    classes[of] = (classes[of] as number) + 1;
    if (i % PIECE === PIECE - 1) yield;
  }
  let left = most;
  let least = CLASSES - 1;
  while (least > 0 && (classes[least] as number) <= left) {
    left -= classes[least] as number;
    least--;
  }
  // Of the class in which the limit lies, those who came first.
  for (let i = 0; i < bits.length; i++) {
    const of = (bits[i] as number) >>> SHIFT;
    if (of > least || (of === least && left-- > 0)) own.push(i);
    else others.push(i);
    if (i % PIECE === PIECE - 1) yield;
  }
  return { own, others };
}
