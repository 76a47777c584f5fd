/** Keeps a name in its own writing direction inside any text. Spec: UAX 9, 3.1.4 (FSI, PDI). */
export const isolated = (names: readonly string[]): string[] => names.map((name) => `\u2068${name}\u2069`);
