import { z } from 'zod';
import type { BackstageAction } from '../wire/backstage.ts';

const ACTION = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('muted'), muted: z.boolean() }),
  z.strictObject({ do: z.literal('rename'), name: z.string().trim().min(1).max(60) }),
  z.strictObject({
    do: z.enum(['mute', 'ask-unmute', 'remove', 'make-host']),
    who: z.string().min(1).max(40),
  }),
]);

/** Reads the body of an action; a string is the refusal in plain words. Names are 1 to 60 characters. */
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
