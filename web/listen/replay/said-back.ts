import { REACTIONS } from '../../../src/wire/interaction/reactions.ts';
import type { OutlineMoment, OutlineReactions, ReplayOutline } from '../../../src/wire/replay/outline.ts';
import { drawing, element, write } from '../../kit/element.ts';
import { clockOf } from '../../kit/figures.ts';
import { language } from '../../kit/words.ts';
import { interactionWords } from '../interaction/interaction-words.ts';

/** A question is shown for so long after it was answered, s. */
const SHOWN_S = 30;
const HEIGHT = 28;

/** What the audience said back and hosts pinned, while a recording plays. */
export interface SaidBack {
  /** Above the waveform, and below it. */
  readonly picture: HTMLElement;
  readonly nodes: readonly HTMLElement[];
  list(outline: ReplayOutline): void;
  /** Shows the place, seconds. */
  show(at: number): void;
}

/** Makes it; `go` is called with the second of a moment. */
export function openSaidBack(go: (at: number) => void): SaidBack {
  const words = interactionWords(language());
  const picture = element('div', { class: 'reaction-picture', role: 'img', hidden: true });
  const now = element('aside', { class: 'said-now card', hidden: true });
  const answered = element('ol', { class: 'chapters' });
  const part = element('section', { hidden: true }, element('h2', {}, words.answered), answered);
  let moments: readonly OutlineMoment[] = [];
  let shown: OutlineMoment | undefined;
  return {
    picture,
    nodes: [now, part],
    list({ moments: all = [], reactions }) {
      moments = all;
      const questions = all.filter(({ kind }) => kind === 'answered');
      part.hidden = questions.length === 0;
      answered.replaceChildren(...questions.map((one) => line(one, go)));
      picture.hidden = !reactions;
      if (!reactions) return;
      picture.setAttribute('aria-label', words.whole(totalsOf(reactions)));
      picture.replaceChildren(bars(reactions));
    },
    show(at) {
      const current = moments.findLast((one) => one.at <= at && at < endOf(one));
      if (current === shown) return;
      shown = current;
      now.hidden = !current;
      if (!current) return;
      const label = element('p', { class: 'small ash' });
      write(label, current.kind === 'pin' ? words.pinned : words.answered);
      now.replaceChildren(label, element('p', { dir: 'auto' }, current.text), ...linkOf(current));
    },
  };

  function totalsOf({ totals }: OutlineReactions): string {
    return REACTIONS.flatMap((name, index) =>
      totals[index] ? [`${words.reactions[name]} ${totals[index]}`] : [],
    ).join(', ');
  }
}

const endOf = ({ kind, at, until }: OutlineMoment): number =>
  kind === 'pin' ? (until ?? Number.POSITIVE_INFINITY) : at + SHOWN_S;

/** Only https, shown by the name of its host. */
function linkOf({ link }: OutlineMoment): HTMLElement[] {
  const to = link && URL.canParse(link) ? new URL(link) : undefined;
  if (to?.protocol !== 'https:') return [];
  const rel = 'nofollow noopener noreferrer ugc';
  return [element('a', { href: to.href, rel, target: '_blank' }, to.host)];
}

function line({ at, text }: OutlineMoment, go: (at: number) => void): HTMLElement {
  const link = element(
    'a',
    { href: `?t=${Math.floor(at)}` },
    element('span', { class: 'ash at' }, clockOf(at)),
    element('span', { dir: 'auto' }, text),
  );
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(at);
  });
  return element('li', {}, link);
}

function bars({ counts }: OutlineReactions): SVGSVGElement {
  const most = Math.max(1, ...counts);
  const d = counts
    .map((count, index) => {
      const high = (count / most) * HEIGHT;
      return count > 0 ? `M${index} ${HEIGHT}v${(-high).toFixed(1)}h.8V${HEIGHT}z` : '';
    })
    .join('');
  return drawing(
    'svg',
    { viewBox: `0 0 ${counts.length} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    drawing('path', { d, fill: 'currentColor' }),
  );
}
