import { z } from 'zod';
import type { CrowdOrder } from '../order/order.ts';

const share = z.number().min(0).max(1);
const seconds = z.number().min(0).max(86_400);

/** What a machine accepts from a leader. The target is only a name: addresses are looked up here. */
const schema = z.object({
  address: z.object({ name: z.string().max(260), tls: z.boolean() }),
  slug: z.string().regex(/^[a-z0-9-]{1,64}$/),
  codec: z.enum(['opus', 'aac']),
  rate: z.number().int().min(1).max(10_000).optional(),
  listeners: z.number().int().min(0).max(10_000_000),
  curve: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('step') }),
    z.object({ kind: z.literal('ramp'), seconds }),
    z.object({ kind: z.literal('announcement'), seconds }),
    z.object({
      kind: z.literal('file'),
      arrivals: z.array(z.tuple([seconds, z.number().min(0)])).max(100_000),
    }),
  ]),
  hold: z.number().min(0).max(86_400_000),
  pages: share,
  hls: share,
  asPage: share,
  from: z.array(z.string().max(64)).max(4096),
  zero: z.number().optional(),
  startsIn: z.number().min(0).max(600_000),
  clockOffset: z.number(),
  seed: z.number().int().min(0),
});

/** An order as a leader sent it, without the address it names: only the URL of its server and what to do there. */
export interface ReceivedOrder {
  /** The origin that must consent. */
  readonly url: URL;
  readonly order: Omit<CrowdOrder, 'address'>;
}

/**
 * Checks an order from another machine; undefined when it is not an order, or its name is not the plain host of a
 * URL.
 */
export function readOrder(value: unknown): ReceivedOrder | undefined {
  const read = schema.safeParse(value);
  if (!read.success) return undefined;
  const { address, ...order } = read.data;
  const text = `${address.tls ? 'https' : 'http'}://${address.name}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A user, a path or another spelling in it would look like one host and connect to another.
  if (!url || url.host !== address.name) return undefined;
  return { url, order: order as Omit<CrowdOrder, 'address'> };
}
