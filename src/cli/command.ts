/** A command gets its own arguments and returns the exit code. */
export type Command = (args: readonly string[]) => Promise<number>;
