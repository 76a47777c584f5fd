import { z } from 'zod';

const iceServer = z.strictObject({
  urls: z.string().regex(/^(stun|stuns|turn|turns):/),
  username: z.string().optional(),
  credential: z.string().optional(),
});

/** A JSON list of ICE servers as browsers take them. Spec: WebRTC 1.0, RTCIceServer. */
export const iceServers = z.string().transform((value, context): z.infer<typeof iceServer>[] => {
  let list: unknown;
  try {
    list = JSON.parse(value);
  } catch {
    list = undefined;
  }
  const parsed = z.array(iceServer).max(8).safeParse(list);
  if (parsed.success) return parsed.data;
  const message =
    'use a JSON list such as [{"urls":"turn:turn.example.org","username":"u","credential":"p"}]';
  context.issues.push({ code: 'custom', message, input: value });
  return z.NEVER;
});
