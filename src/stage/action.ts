import { z } from 'zod';
import { personName, plainText } from '../base/plain-text.ts';
import { parseJson } from '../http/index.ts';
import type { BackstageAction } from '../wire/stage/backstage.ts';
import { STAGE_NAME_LENGTH, TOPIC_LENGTH } from '../wire/stage/hands.ts';

const line = (most: number) =>
  z.string().transform((text, context) => {
    const tidy = plainText(text, most);
    if (tidy !== undefined) return tidy;
    context.issues.push({ code: 'custom', message: `use 1 to ${most} characters`, input: text });
    return z.NEVER;
  });
// The same rule as in the request that starts a room, because the name goes to the same pages, playlists and files.
const name = z.string().transform((text, context) => {
  const read = personName(text, STAGE_NAME_LENGTH);
  if ('name' in read) return read.name;
  context.issues.push({ code: 'custom', message: read.fault, input: text });
  return z.NEVER;
});
/** A word to somebody, or a reason: absent when it is empty. */
const word = line(TOPIC_LENGTH).optional();
const id = z.string().min(1).max(40);

const ON_A_PERSON = [
  'mute',
  'ask-unmute',
  'remove',
  'make-host',
  'to-listener',
  'back-on-stage',
  'on-air',
  'backstage',
] as const;

const ACTION = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('muted'), muted: z.boolean() }),
  z.strictObject({ do: z.literal('rename'), name }),
  z.strictObject({ do: z.literal('ask-to-speak') }),
  z.strictObject({
    do: z.enum(ON_A_PERSON),
    who: id,
  }),
  z.strictObject({ do: z.literal('ban'), who: id, reason: word }),
  z.strictObject({ do: z.literal('call'), hand: id, check: z.boolean().optional() }),
  z.strictObject({ do: z.literal('decline'), hand: id, word }),
  z.strictObject({ do: z.literal('lower-hand'), hand: id }),
  z.strictObject({ do: z.literal('lower-all') }),
  z.strictObject({ do: z.literal('ban-hand'), hand: id, reason: word }),
  z.strictObject({ do: z.literal('unban'), ban: id }),
]);

/** Reads the body of an action. A string is the refusal in plain words. Names have 1 to 60 characters. */
export function readAction(text: string): BackstageAction | string {
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    return 'The body is not JSON';
  }
  const read = ACTION.safeParse(body);
  return read.success ? read.data : z.prettifyError(read.error);
}
