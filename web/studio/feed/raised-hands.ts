import { type ReadonlySignal, signal } from '@preact/signals';
import type { BackstageLine } from '../../../src/wire/stage/backstage.ts';
import type { Ban, HostHand, StageRules } from '../../../src/wire/stage/hands.ts';

/** The raised hands, bans and rules of a room, as its hosts are told of them. */
export interface RaisedHands {
  /** In line, the first one first. */
  readonly line: ReadonlySignal<readonly HostHand[]>;
  /** Called, and not on stage yet. */
  readonly called: ReadonlySignal<readonly HostHand[]>;
  /** Moved back to the listeners; a host can call them again. */
  readonly listening: ReadonlySignal<readonly HostHand[]>;
  /** Hands that are up, those that are not shown included. */
  readonly up: ReadonlySignal<number>;
  readonly rules: ReadonlySignal<StageRules>;
  readonly bans: ReadonlySignal<readonly Ban[]>;
  /** Takes a line of the stream. */
  take(line: Extract<BackstageLine, { kind: 'hands' | 'access' }>): void;
}

/** Opens an empty line; `raised` is called for each new hand, but not for those that are up already. */
export function openRaisedHands(raised: (hand: HostHand) => void): RaisedHands {
  const line = signal<readonly HostHand[]>([]);
  const called = signal<readonly HostHand[]>([]);
  const listening = signal<readonly HostHand[]>([]);
  const up = signal(0);
  const rules = signal<StageRules>({});
  const bans = signal<readonly Ban[]>([]);
  let known = new Map<string, HostHand>();
  return {
    ...{ line, called, listening, up, rules, bans },
    take(it) {
      if (it.kind === 'access') {
        rules.value = it.rules;
        bans.value = it.bans;
        return;
      }
      const before = known;
      if (it.whole) known = new Map();
      for (const id of it.gone) known.delete(id);
      for (const hand of it.hands) {
        if (!it.whole && hand.standing === 'up' && !before.has(hand.id)) raised(hand);
        known.set(hand.id, hand);
      }
      up.value = it.up;
      const all = [...known.values()].sort((a, b) => a.n - b.n);
      const at = (standing: HostHand['standing']): HostHand[] => all.filter((it) => it.standing === standing);
      line.value = at('up');
      called.value = at('called');
      listening.value = at('listening');
    },
  };
}
