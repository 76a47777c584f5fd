import { z } from 'zod';
import { plainText } from '../base/plain-text.ts';
import type { BackstageAction } from '../wire/backstage.ts';

/** Longest name, in characters. */
const NAME_LENGTH = 60;

// The same rule as in the request that starts a room, because the name goes to the same pages, playlists and files.
const name = z.string().transform((text, context) => {
  const tidy = plainText(text, NAME_LENGTH);
  if (tidy !== undefined) return tidy;
  context.issues.push({ code: 'custom', message: `use 1 to ${NAME_LENGTH} characters`, input: text });
  return z.NEVER;
});

const ACTION = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('muted'), muted: z.boolean() }),
  z.strictObject({ do: z.literal('rename'), name }),
  z.strictObject({ do: z.literal('ask-to-speak') }),
  z.strictObject({
    do: z.enum(['mute', 'ask-unmute', 'remove', 'make-host']),
    who: z.string().min(1).max(40),
  }),
]);

/** Reads the body of an action. A string is the refusal in plain words. Names have 1 to 60 characters. */
export function readAction(text: string): BackstageAction | string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return 'The body is not JSON';
  }
  const read = ACTION.safeParse(body);
  return read.success ? read.data : z.prettifyError(read.error);
}
