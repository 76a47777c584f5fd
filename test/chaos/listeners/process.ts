/**
 * All listeners of a chaos run, in a process of their own: `node process.ts ORDERS`. Tells its parent four times a second
 * what each of them hears, and tries every few seconds whether somebody new gets in.
 */
import { get } from 'node:http';
import { openHlsListener } from './hls.ts';
import {
  type ChaosListener,
  instant,
  type ListenerOrder,
  type ListenersNotice,
  type Newcomer,
} from './listener.ts';
import { openRadioListener } from './radio.ts';
import { openStreamListener } from './stream.ts';

const TELL_MS = 250;
const NEWCOMER_EVERY_MS = 4_000;
/** Sound must have come by then. */
const NEWCOMER_MS = 15_000;
/** The head of the answer and the first fragment. */
const FIRST_SOUND_BYTES = 2_000;
const RETRY_MS = 500;

const orders = JSON.parse(process.argv[2] ?? '[]') as ListenerOrder[];
const listeners: ChaosListener[] = [];
let newcomers: Newcomer[] = [];

/** One connection of somebody new; resolves with whether sound came. */
function tryOnce({ url, slug }: ListenerOrder, limit: number): Promise<boolean> {
  return new Promise((resolve) => {
    let bytes = 0;
    const done = (heard: boolean): void => {
      clearTimeout(timer);
      asked.destroy();
      resolve(heard);
    };
    // Without a name it is not counted.
    const asked = get(`${url}/r/${slug}/stream?codec=opus`, { agent: false }, (answer) => {
      if (answer.statusCode !== 200) return done(false);
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > FIRST_SOUND_BYTES) done(true);
      });
      answer.on('error', () => done(false)).on('end', () => done(false));
    });
    asked.on('error', () => done(false));
    const timer = setTimeout(() => done(false), limit);
  });
}

/** Somebody who tries again until there is sound, as people do. */
async function arrive(order: ListenerOrder): Promise<void> {
  const began = instant();
  let heard = false;
  while (!heard && instant() - began < NEWCOMER_MS) {
    heard = await tryOnce(order, 4_000);
    if (!heard) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  newcomers.push({ at: began, took: instant() - began, heard });
}

for (const order of orders)
  listeners.push(
    order.kind === 'stream'
      ? await openStreamListener(order)
      : order.kind === 'hls'
        ? openHlsListener(order)
        : openRadioListener(order),
  );
let turn = 0;
setInterval(() => {
  turn += 1;
  const order = orders[turn % orders.length];
  if (order) void arrive(order);
}, NEWCOMER_EVERY_MS);
setInterval(() => {
  const at = instant();
  const notice: ListenersNotice = {
    ...{ at, newcomers },
    listeners: listeners.map((listener) => listener.status(at)),
  };
  newcomers = [];
  process.send?.(notice);
}, TELL_MS);
process.on('message', () => {
  for (const listener of listeners) listener[Symbol.dispose]();
  process.exit(0);
});
process.on('disconnect', () => process.exit(0));
