import * as z from 'zod/mini';
import type { BackstageLine } from '../../src/wire/stage/backstage.ts';

/** The longest line, in characters. A longer one is not ours, and the stream is given up. */
export const MAX_LINE = 256 * 1024;

const role = z.enum(['host', 'co-host', 'speaker']);
const person = z.object({
  id: z.string(),
  name: z.string(),
  role,
  speaking: z.boolean(),
  muted: z.boolean(),
  connected: z.boolean(),
  joined: z.number(),
  loss: z.number(),
  forced: z._default(z.boolean(), false),
  asks: z._default(z.boolean(), false),
  // A newer studio may send a notice that this page has no text for.
  notice: z.catch(z.optional(z.enum(['opposite-phase'])), undefined),
  backstage: z.optional(z.literal(true)),
  hand: z.optional(z.literal(true)),
});
const ear = z.object({ id: z.string(), name: z.string(), role });
const hand = z.object({
  id: z.string(),
  n: z.number(),
  name: z.string(),
  topic: z.string(),
  since: z.number(),
  standing: z.enum(['up', 'called', 'stage', 'listening']),
  speaker: z.string(),
  away: z.optional(z.literal(true)),
  // A newer studio may know a trouble that this page has no text for.
  trouble: z.catch(z.optional(z.enum(['denied', 'none', 'busy', 'insecure', 'failed', 'silent'])), undefined),
});
const ban = z.object({
  id: z.string(),
  name: z.string(),
  reason: z.optional(z.string()),
  by: z.string(),
  at: z.number(),
  speaker: z.optional(z.string()),
  device: z.optional(z.string()),
});
const ASKED = [
  ...(['mute', 'unmute', 'leave', 'host', 'listen', 'speak', 'on-air', 'backstage'] as const),
  ...(['stand-in', 'host-back'] as const),
] as const;
const line = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('you'), id: z.string(), name: z.string(), role }),
  z.object({
    kind: z.literal('roster'),
    people: z.array(person),
    ears: z._default(z.array(ear), []),
  }),
  z.object({ kind: z.literal('levels'), people: z.record(z.string(), z.number()), program: z.number() }),
  z.object({
    kind: z.literal('program'),
    status: z.enum(['scheduled', 'open', 'live', 'ended', 'cancelled']),
    program: z.object({
      carries: z.enum(['stage', 'standby']),
      since: z.number(),
      deadAir: z.optional(
        z.object({
          cause: z.enum(['nobody-on-stage', 'all-muted', 'no-packets', 'encoder', 'quiet']),
          since: z.number(),
        }),
      ),
    }),
    streams: z.number(),
    catchingUp: z.optional(z.number()),
    gaps: z.number(),
    recordingFailed: z.boolean(),
  }),
  z.object({
    kind: z.literal('hands'),
    up: z.number(),
    hands: z.array(hand),
    gone: z.array(z.string()),
    whole: z.optional(z.literal(true)),
  }),
  z.object({
    kind: z.literal('access'),
    rules: z.object({
      invitedOnly: z.optional(z.boolean()),
      speakers: z.optional(z.number()),
      check: z.optional(z.boolean()),
    }),
    bans: z.array(ban),
  }),
  z.object({ kind: z.literal('asked'), what: z.enum(ASKED), by: z.string() }),
]);

/** Parses a line; undefined for a kind that this page does not know, which a newer studio may send. */
export function parseLine(text: string): BackstageLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = z.safeParse(line, value);
  // zod types optional keys as `?: T | undefined`; JSON never carries undefined.
  return result.success ? (result.data as BackstageLine) : undefined;
}

/** The complete lines of a byte stream. @throws RangeError for a line beyond `MAX_LINE`. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) if (text.trim() !== '') yield text;
      if (rest.length > MAX_LINE) throw new RangeError('a line without an end');
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
