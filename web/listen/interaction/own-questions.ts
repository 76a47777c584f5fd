import type { OwnWithdrawal } from '../../../src/wire/interaction/questions.ts';
import { deviceKey } from '../../kit/device-key.ts';
import { element } from '../../kit/element.ts';
import { keep, kept } from '../../kit/words.ts';
import type { InteractionWords } from './interaction-words.ts';

/** Questions of this page that are remembered in one room. */
const MOST_OWN = 20;

/** What this page has asked, and why something of it was taken out of the list. */
export function ownQuestions(slug: string, at: string, words: InteractionWords) {
  const key = `earshot-asked ${slug}`;
  const node = element('div', { role: 'status' });
  let shown = '';
  const mine = (): string[] => (kept(key) ?? '').split(' ').filter(Boolean);
  const why = async (id: string): Promise<OwnWithdrawal | undefined> => {
    const answer = await fetch(`${at}/${id}/own`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ device: deviceKey() }),
    }).catch(() => undefined);
    return answer?.ok ? ((await answer.json()) as OwnWithdrawal) : undefined;
  };
  return {
    node,
    /** Remembers a question as one's own. */
    asked(id: string): void {
      keep(key, [...new Set([...mine(), id])].slice(-MOST_OWN).join(' '));
    },
    /** Looks whether something of this page is among what was taken out. */
    async look(withdrawn: readonly string[]): Promise<void> {
      const own = mine().filter((id) => withdrawn.includes(id));
      if (own.join(' ') === shown) return;
      const told = await Promise.all(own.map(why));
      if (told.includes(undefined)) return;
      shown = own.join(' ');
      node.replaceChildren(...told.flatMap((one) => (one ? [withdrawnNote(one, words)] : [])));
    },
  };
}

const withdrawnNote = ({ text, reason, notice }: OwnWithdrawal, words: InteractionWords): HTMLElement =>
  element(
    'div',
    { class: 'withdrawn' },
    element('p', {}, words.withdrawn(text)),
    element('p', {}, words.reason(reason)),
    element('a', { href: notice }, words.why),
  );
