import { isRunning, type RoomState } from '../../../src/wire/room.ts';
import { element, write } from '../../kit/element.ts';
import type { AllWords } from '../../kit/words.ts';
import { type Here, whenOf } from '../say.ts';
import type { LedPage } from './lead-on.ts';

/** Leads on to the room that continues this one, once each. */
export function openSuccession(page: LedPage) {
  let led = '';
  return ({ plans }: RoomState): void => {
    const next = plans?.continuedBy;
    if (!next || next.slug === led) return;
    led = next.slug;
    import('./lead-on.ts').then(
      ({ leadOn }) => leadOn(page, next),
      () => {
        led = '';
      },
    );
  };
}

/** What the hosts say themselves: why it is late or cancelled, and that it was moved; and that the host is gone. */
export function openPlans(words: AllWords) {
  const text = element('span', { dir: 'auto' });
  const others = element('span', {});
  const node = element('p', { role: 'status' }, text, ' ', others);
  const roomLink = (to: string, title: string) => element('a', { href: `/r/${to}`, dir: 'auto' }, title);
  let shown = ',';
  return {
    node,
    show({ plans, status, hostGone }: RoomState, { now }: Here): void {
      const { late, moved, cancelled, hostErased } = plans ?? {};
      const waiting = status === 'scheduled' || status === 'open';
      const reason = status === 'cancelled' ? cancelled?.reason : waiting ? late?.reason : undefined;
      const says = [
        ...(moved && status === 'scheduled' ? [words.moved(whenOf(moved.from, now, words))] : []),
        ...(reason === undefined ? [] : [words.hostSays(reason)]),
        ...(hostGone && isRunning(status)
          ? [words.hostGone(whenOf(hostGone.since, now, words), hostGone.to?.name)]
          : []),
        ...(hostErased === undefined ? [] : [words.hostErased]),
      ];
      write(text, says.join(' '));
      const { continues, continuedBy } = plans ?? {};
      const rooms = [continues?.slug, continuedBy?.slug].join();
      if (rooms !== shown) {
        shown = rooms;
        // Whoever goes back on purpose is not led on again.
        others.replaceChildren(
          ...(continues
            ? [words.continues, ' ', roomLink(`${continues.slug}#here`, continues.title), ' ']
            : []),
          ...(continuedBy ? [words.continuedBy, ' ', roomLink(continuedBy.slug, continuedBy.title)] : []),
        );
      }
      node.hidden = says.length === 0 && !continues && !continuedBy;
    },
  };
}
