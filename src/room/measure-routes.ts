import type { Context, Hono } from 'hono';
import { describe, isRefusal, read, refused } from '../api/index.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { Access } from './access/access.ts';
import type { RoomRefusal } from './refusal.ts';
import { requests } from './requests.ts';
import type { RoutesDeps } from './routes-deps.ts';
import type { RoomOnSite } from './rows.ts';

/** What each address of the operator does. */
const SUMMARIES = {
  stop: 'Close stage, stream and recording to everybody, with a reason on the page; nothing is deleted',
  resume: 'Let a stopped room go on as it was',
  release: 'Bring a room that is kept apart back among the others',
} as const;

/** Adds what only the operator does to a room: `stop` with a reason, `resume`, and `release` from quarantine. */
export function measureRoutes(
  app: Hono,
  { measures, clock, log }: RoutesDeps,
  access: Access,
  shown: (c: Context, made: RoomOnSite | RoomRefusal) => Response,
): void {
  const schemas = requests(() => clock.wall());
  /** Undefined for the operator, and for host links signed on this machine. */
  const refusal = async (
    c: Context,
    act: 'stop' | 'resume' | 'release',
  ): Promise<RoomRefusal | undefined> => {
    const caller = await access.may(c, act);
    if (!isRefusal(caller)) return undefined;
    // What is not stopped, or not kept apart, is said by whoever knows.
    return caller.refused === 'wrong-moment' ? undefined : caller;
  };
  app.post('/api/rooms/:slug/stop', async (c) => {
    const why = await refusal(c, 'stop');
    if (why) return refused(why);
    const wish = await read(c, schemas.stop);
    if (isRefusal(wish)) return refused(wish);
    const { reason } = wish.value;
    const made = await measures.stop(c.req.param('slug'), reason);
    if (!isRefusal(made)) log.warn({ slug: made.card.slug, reason }, 'the operator has stopped a room');
    return shown(c, made);
  });
  for (const act of ['resume', 'release'] as const)
    app.post(`/api/rooms/:slug/${act}`, async (c) => {
      const why = await refusal(c, act);
      return why ? refused(why) : shown(c, await measures[act](c.req.param('slug')));
    });
}

const REFUSED: readonly ErrorCode[] = [
  ...(['token-missing', 'token-invalid', 'token-expired', 'token-other-room', 'not-host'] as const),
  ...(['link-withdrawn', 'removed', 'room-unknown', 'operator-only', 'wrong-moment', 'room-ended'] as const),
];

/** Their description. */
export const measurePaths = (): Record<string, object> =>
  Object.fromEntries(
    Object.entries(SUMMARIES).map(([act, summary]) => [
      `/api/rooms/{slug}/${act}`,
      {
        parameters: [{ name: 'slug', in: 'path', required: true, schema: { type: 'string' } }],
        post: {
          summary: `${summary} (operator only)`,
          security: describe.bearer,
          ...(act === 'stop' ? { requestBody: describe.body(requests(() => 0).stop) } : {}),
          responses: {
            200: describe.tagged(describe.ref('Room'), 'The room'),
            ...describe.refusals([...REFUSED, ...(act === 'stop' ? describe.BODY : [])]),
          },
        },
      },
    ]),
  );
