import { effect } from '@preact/signals';
import { forgetRoom, myRooms, rememberRoom } from '../../kit/my-rooms.ts';
import { studioAddress } from '../link/link.ts';
import type { Console } from './console.ts';

/** Keeps this device's list of its rooms up to date while the studio is open; the home page shows that list. */
export function rememberWhile(studio: Console): void {
  const { link, room, phase } = studio;
  effect(() => {
    const address = studioAddress(location.origin, link.slug, link.token);
    const at = phase.value;
    if (at === 'removed' || room.status.value === 'cancelled') return forgetRoom(link.slug, address);
    if (at === 'bad-link') {
      if (room.contact.value !== 'unknown') forgetRoom(link.slug, address);
      return;
    }
    const state = room.open.value;
    if (!state) return;
    const start = state.clocks.scheduled;
    rememberRoom({
      ...{ slug: link.slug, title: state.title, link: address, role: room.me.value.role },
      ...(start === undefined ? {} : { start }),
    });
  });
}

/** The link to this room that the device remembers; a host's link comes first. */
export function knownLink(slug: string): string | undefined {
  const mine = myRooms().filter((it) => it.slug === slug && new URL(it.link).origin === location.origin);
  return (mine.find((it) => it.role !== 'speaker') ?? mine[0])?.link;
}
