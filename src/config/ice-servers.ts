import { z } from 'zod';

const iceServer = z.strictObject({
  urls: z.string().regex(/^(stun|stuns|turn|turns):/),
  username: z.string().optional(),
  credential: z.string().optional(),
  /** Shared with the TURN server (coturn: static-auth-secret). */
  secret: z.string().min(1).optional(),
});

/** A JSON list of ICE servers in the format of browsers. Spec: WebRTC 1.0, RTCIceServer. */
export const iceServers = z.string().transform((value, context): z.infer<typeof iceServer>[] => {
  let list: unknown;
  try {
    list = JSON.parse(value);
  } catch {
    list = undefined;
  }
  const parsed = z.array(iceServer).max(8).safeParse(list);
  const clear = parsed.data?.every(
    ({ secret, username, credential }) => !secret || !(username || credential),
  );
  if (parsed.success && clear) return parsed.data;
  const message =
    'use a JSON list such as [{"urls":"turn:turn.example.org","secret":"s"}], with "secret" or with "username" and "credential"';
  context.issues.push({ code: 'custom', message, input: value });
  return z.NEVER;
});
