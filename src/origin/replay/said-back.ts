import { addReactions, noReactions, REACTIONS, sumOfReactions } from '../../wire/interaction/reactions.ts';
import type { Mark } from '../../wire/mark.ts';
import type { OutlineMoment, OutlineReactions, ReplayOutline } from '../../wire/replay/outline.ts';
import type { Places } from './chapters.ts';

/** Stretches of the picture of reactions. */
const MOST_STRETCHES = 300;
/** Moments that are told, the first ones. */
const MOST_MOMENTS = 2_000;

/** What the audience said back and hosts pinned, on the timeline of a replay; what was trimmed away is not in it. */
export function saidBack(
  marks: readonly Mark[],
  places: Places,
): Pick<ReplayOutline, 'moments' | 'reactions'> {
  const moments = momentsOf(marks, places);
  const reactions = reactionsOf(marks, places);
  return { ...(moments.length > 0 ? { moments } : {}), ...(reactions ? { reactions } : {}) };
}

/** Questions where they were answered, unless that was taken back; pinned lines until the next one. */
function momentsOf(marks: readonly Mark[], places: Places): OutlineMoment[] {
  const answered = new Map<string, OutlineMoment>();
  const pins: { at: number; text: string | undefined; link: string | undefined; kept: boolean }[] = [];
  for (const mark of marks) {
    if (mark.kind === 'unanswered') answered.delete(mark.id);
    if (mark.kind === 'pin')
      pins.push({ at: mark.at, text: mark.text, link: mark.link, kept: places.has(mark.at) });
    if (mark.kind !== 'answered' || !places.has(mark.at)) continue;
    const { text, name, votes } = mark;
    answered.set(mark.id, {
      ...{ kind: 'answered', at: places.of(mark.at) / 1000, text, votes },
      ...(name === undefined ? {} : { name }),
    });
  }
  const lines = pins.flatMap(({ at, text, link, kept }, index): OutlineMoment[] => {
    if (text === undefined || !kept) return [];
    const next = pins[index + 1];
    const until = next && places.of(next.at) / 1000;
    return [
      {
        ...{ kind: 'pin', at: places.of(at) / 1000, text },
        ...(until === undefined ? {} : { until }),
        ...(link === undefined ? {} : { link }),
      },
    ];
  });
  return [...answered.values(), ...lines].sort((a, b) => a.at - b.at).slice(0, MOST_MOMENTS);
}

function reactionsOf(marks: readonly Mark[], places: Places): OutlineReactions | undefined {
  const every = Math.max(1, Math.ceil(places.length / 1000 / MOST_STRETCHES));
  const counts: number[] = new Array(Math.max(1, Math.ceil(places.length / 1000 / every))).fill(0);
  let totals = noReactions();
  for (const mark of marks) {
    if (mark.kind !== 'reactions') continue;
    for (const [offset = 0, ...some] of mark.seconds) {
      const wall = mark.at + offset * 1000;
      if (!places.has(wall) || some.length !== REACTIONS.length) continue;
      const stretch = Math.min(counts.length - 1, Math.floor(places.of(wall) / 1000 / every));
      counts[stretch] = (counts[stretch] ?? 0) + sumOfReactions(some);
      totals = addReactions(totals, some);
    }
  }
  return sumOfReactions(totals) > 0 ? { every, counts, totals } : undefined;
}
