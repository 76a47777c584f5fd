import { EarshotError } from '../base/errors.ts';
import { canonical, find } from '../http/index.ts';
import { isRunning, type RoomCard } from '../wire/room.ts';
import type { ServerAddress } from './order/order.ts';

/** The room under test. */
export interface Target {
  readonly origin: string;
  readonly slug: string;
  readonly address: ServerAddress;
  /** When its program began, wall-clock ms; undefined when the server does not say. */
  readonly zero: number | undefined;
  /** The server's software, according to itself. */
  readonly server: string;
}

/** The room that a page or stream address belongs to, or undefined. */
export function roomOf({ pathname }: URL): string | undefined {
  const found = find(canonical(pathname) ?? pathname);
  return found?.address.id === 'room' || found?.address.id === 'stream' ? found.room : undefined;
}

const PATIENCE_MS = 10_000;

/**
 * Finds a room by its URL (`http://host/r/slug`) at a server found by `findAddress`.
 * @throws EarshotError `unprocessable` for any other address, `room-unknown` and `room-not-open` when the room has no
 * program.
 */
export async function findTarget(url: string, address: ServerAddress): Promise<Target> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const slug = parsed && roomOf(parsed);
  if (!parsed || !slug || !/^https?:$/.test(parsed.protocol))
    throw new EarshotError(
      'unprocessable',
      `"${url}" is not a room such as http://localhost:8080/r/town-hall`,
    );
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(new URL(path, parsed.origin), { signal: AbortSignal.timeout(PATIENCE_MS) });
    return (await response.json()) as T;
  };
  const { rooms } = await ask<{ rooms: RoomCard[] }>('/rooms.json');
  const card = rooms.find((room) => room.slug === slug);
  if (!card) throw new EarshotError('room-unknown', `${parsed.origin} has no room "${slug}"`);
  if (!isRunning(card.status))
    throw new EarshotError('room-not-open', `the room "${slug}" is ${card.status}: open it first`);
  const described = await ask<{ info?: { title?: string; version?: string } }>('/openapi.json').catch(
    () => undefined,
  );
  return {
    origin: parsed.origin,
    slug,
    address,
    zero: card.zero,
    server: described?.info
      ? `${described.info.title ?? 'unknown'} ${described.info.version ?? ''}`.trim()
      : 'unknown',
  };
}

/**
 * The first `count` addresses of a range such as `127.0.0.0/8`, or of a list with commas. IPv4.
 * @throws EarshotError `unprocessable` when the text is not such a range.
 */
export function sourceAddresses(text: string, count: number): string[] {
  const range = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  if (!range) return text.split(',').map((address) => address.trim());
  const [a = 0, b = 0, c = 0, d = 0, bits = 32] = range.slice(1).map(Number);
  const size = 2 ** (32 - bits);
  if ([a, b, c, d].some((part) => part > 255) || bits > 32 || size < 4)
    throw new EarshotError('unprocessable', `"${text}" is not a range of IPv4 addresses`);
  const base = Math.floor((a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / size) * size;
  // The first and the last address are left out: network and broadcast.
  return Array.from({ length: Math.min(count, size - 2) }, (_, i) => {
    const address = base + 1 + i;
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
  });
}
