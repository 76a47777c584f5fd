/** Nearer than this to its beginning, "previous" leaves a stretch for the one before; seconds. */
const JUST_BEGUN = 3;

/** The index of the stretch in which `at` lies, of stretches that begin at these places; -1 before the first. */
export function indexAt(begins: readonly { readonly at: number }[], at: number): number {
  let found = -1;
  for (const [index, one] of begins.entries()) if (one.at <= at + 0.05) found = index;
  return found;
}

/** Where "next" or "previous" leads from `at`; undefined when there is nothing there. */
export function neighbour(
  begins: readonly { readonly at: number }[],
  at: number,
  by: 1 | -1,
): number | undefined {
  const index = indexAt(begins, at);
  if (by === 1) return begins[index + 1]?.at;
  const here = begins[index];
  if (!here) return undefined;
  return at - here.at > JUST_BEGUN ? here.at : (begins[index - 1]?.at ?? here.at);
}
