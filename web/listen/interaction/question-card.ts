import type { AskedQuestion, QuestionsTold, ToldQuestions } from '../../../src/wire/interaction/questions.ts';
import { questionRefusal } from '../../../src/wire/interaction/refusal-words.ts';
import { element, write } from '../../kit/element.ts';
import { roomAt } from '../../kit/room-name.ts';
import { keep, kept, language } from '../../kit/words.ts';
import type { InteractionWords } from './interaction-words.ts';
import { ownQuestions } from './own-questions.ts';
import { questionForm } from './question-form.ts';
import { questionLine } from './question-line.ts';
import { sendQuestion } from './sent-question.ts';

/** Questions that are shown at once; the rest unfold. */
const SHOWN = 3;
/** A changed list is read within this time, ms: a crowd does not read it in the same instant. */
const SPREAD_MS = 2_000;
const SPREAD_CROWD_MS = 10_000;
const CROWD = 2_000;

/** The questions of a room, and the form to ask one. */
export interface QuestionCard {
  readonly node: HTMLElement;
  /** `streams`: how many listen, roughly. */
  show(told: QuestionsTold | 0 | undefined, streams: number): void;
}

/** Opens the card of a room. */
export function openQuestionCard(slug: string, words: InteractionWords): QuestionCard {
  const at = `${roomAt(slug)}/questions`;
  const reportAt = (id: string): string => `${roomAt(slug)}/report?question=${encodeURIComponent(id)}`;
  const key = `earshot-votes ${slug}`;
  const voted = new Set((kept(key) ?? '').split(' ').filter(Boolean));
  let list: ToldQuestions | undefined;
  let have = -1;
  let reading: ReturnType<typeof setTimeout> | undefined;
  let all = false;
  let open = true;

  const own = ownQuestions(slug, at, words);
  const note = element('p', { class: 'small', role: 'status' });
  const items = element('ol', { class: 'question-list' });
  const empty = element('p', { class: 'small ash' }, words.none);
  const more = button('', () => {
    all = true;
    render();
  });
  const answered = element('ul', { class: 'question-list' });
  const answeredPart = element('details', {}, element('summary', {}, words.answered), answered);
  const closed = element('p', { class: 'small ash' }, words.closed);
  const { form, text, sent } = questionForm(
    slug,
    words,
    (said, name) => void ask(said, name),
    () => unfold(false),
  );
  const offer = button(words.ask, () => unfold(true));
  const node = element(
    'section',
    { class: 'questions card', 'aria-label': words.questions },
    element('h2', {}, words.questions),
    ...[own.node, note, empty, items, more, answeredPart, closed, offer, form],
  );

  const unfold = (on: boolean): void => {
    form.hidden = !on;
    offer.hidden = on || !open;
    (on ? text : offer).focus();
  };
  const post = async (path: string, body: object): Promise<AskedQuestion | undefined> => {
    const said = await sendQuestion(path, body);
    if (said && !('code' in said)) return said;
    write(note, said ? questionRefusal(language(), said) : words.unreachable);
    return undefined;
  };
  const ask = async (said: string, name: string): Promise<void> => {
    const asked = await post(at, { text: said, name });
    if (!asked) return;
    sent();
    own.asked(asked.id);
    write(note, words.asked);
    unfold(false);
    if (list && !list.questions.some(({ id }) => id === asked.id)) {
      list = { ...list, waiting: list.waiting + 1, questions: [...list.questions, asked] };
      render();
    }
  };
  const vote = async (id: string): Promise<void> => {
    const now = await post(`${at}/${id}/vote`, {});
    if (!now) return;
    voted.add(id);
    keep(key, [...voted].slice(-200).join(' '));
    if (list) list = { ...list, questions: list.questions.map((one) => (one.id === id ? now : one)) };
    render();
  };
  function render(): void {
    const { questions = [], answered: done = [] } = list ?? {};
    const focused = document.activeElement?.getAttribute('data-vote');
    const shown = all ? questions : questions.slice(0, SHOWN);
    items.replaceChildren(
      ...shown.map((one) =>
        questionLine(one, words, reportAt(one.id), {
          mine: voted.has(one.id),
          vote: () => void vote(one.id),
        }),
      ),
    );
    if (focused) items.querySelector<HTMLElement>(`[data-vote="${focused}"]`)?.focus();
    empty.hidden = questions.length > 0;
    more.hidden = questions.length <= shown.length;
    write(more, words.all(questions.length));
    answeredPart.hidden = done.length === 0;
    answered.replaceChildren(...done.map((one) => questionLine(one, words, reportAt(one.id))));
  }
  const read = async (version: number): Promise<void> => {
    try {
      // The cache of the browser has the last one: a list that has not changed costs no body.
      const answer = await fetch(`${at}.json`, { cache: 'no-cache' });
      if (!answer.ok) return;
      list = (await answer.json()) as ToldQuestions;
      have = Math.max(version, list.version);
      render();
      void own.look(list.withdrawn ?? []);
    } catch {
      // The next look tries again.
    } finally {
      reading = undefined;
    }
  };
  render();
  return {
    node,
    show(told, streams) {
      node.hidden = !told;
      if (!told) return;
      open = told.open;
      closed.hidden = open;
      offer.hidden = !open || !form.hidden;
      if (!open) form.hidden = true;
      if (told.version <= have || reading !== undefined || document.hidden) return;
      const spread = have < 0 ? 300 : streams > CROWD ? SPREAD_CROWD_MS : SPREAD_MS;
      reading = setTimeout(() => void read(told.version), Math.random() * spread);
    },
  };
}

const button = (label: string, run: () => void): HTMLElement =>
  element('button', { type: 'button', class: 'button quiet', onclick: run }, label);
