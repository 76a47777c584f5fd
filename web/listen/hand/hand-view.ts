import type { ToldRefusal } from '../../../src/wire/refusal-facts.ts';
import type { HandWords } from './hand-words.ts';
import type { StageView } from './on-stage.ts';
import type { HandState } from './own-hand.ts';

/** A button: its label, what it does, its look. */
export type HandButton = [string, () => void, string?];

/** What the buttons of the card do. */
export interface HandActs {
  ask(): void;
  come(): void;
  lower(): void;
  play(): void;
  mute(muted: boolean): void;
  leave(): void;
}

/** What the card is about. */
export interface HandNow {
  readonly words: HandWords;
  /** Present on stage and on the way there. */
  readonly view: StageView | undefined;
  readonly state: HandState;
  readonly canRaise: boolean;
  /** Why this person could not speak. */
  readonly trouble: string;
}

/** What the card says, and which buttons it has. */
export function handView(
  { words, view, state, canRaise, trouble }: HandNow,
  acts: HandActs,
): { said: string; word?: string | undefined; note?: string; buttons: HandButton[] } {
  if (view) {
    const { at, muted, forced, checked, blocked, asked } = view;
    const on = forced ? words.forced : muted ? words.muted : checked ? words.checked : words.onStage;
    const said = { coming: words.coming, connecting: words.connecting, lost: words.lost, on }[at];
    const buttons: [string, () => void, string?][] = [];
    if (blocked) buttons.push([words.play, () => acts.play(), 'button']);
    if (at !== 'coming' && !forced)
      buttons.push([
        muted ? words.unmute : words.mute,
        () => acts.mute(!muted),
        muted ? 'button' : 'button quiet',
      ]);
    if (at !== 'coming') buttons.push([words.leave, () => acts.leave()]);
    return { said: asked ? words.askUnmute : said, ...(blocked ? { note: words.blocked } : {}), buttons };
  }
  const again = (): [string, () => void][] => (canRaise ? [[words.again, () => acts.ask()]] : []);
  if (state.at === 'sending')
    return {
      said: state.why ? (words.failed[state.why] ?? words.unreachable) : words.sending,
      buttons: [[words.cancel, () => acts.lower()]],
    };
  if (state.at === 'refused') {
    if (state.why.code === 'banned') return { said: words.banned, word: state.why.detail, buttons: [] };
    return { said: refusalOf(words, state.why), buttons: again() };
  }
  if (state.at === 'known') {
    const { standing, place, up } = state.hand;
    const lower: [string, () => void] = [words.lower, () => acts.lower()];
    switch (standing) {
      case 'up':
        return { said: trouble || words.up(place, up), note: words.stay, buttons: [lower] };
      case 'called':
        return { said: words.connecting, buttons: [lower] };
      case 'stage':
        return {
          said: trouble || words.returnHint,
          buttons: [
            [trouble ? words.speakHere : words.return, () => acts.come(), 'button'],
            [words.leave, () => acts.lower()],
          ],
        };
      case 'listening':
        return { said: words.listening, note: words.stay, buttons: [lower] };
      case 'declined':
        return { said: words.declined, word: state.hand.word, buttons: again() };
      case 'banned':
        return { said: words.banned, word: state.hand.word, buttons: [] };
      default:
        return { said: words.lowered, word: state.hand.word, buttons: again() };
    }
  }
  return { said: '', buttons: [[words.offer, () => acts.ask(), 'button quiet']] };
}

/** Why a hand is not raised, in the words of the page. */
export function refusalOf(words: HandWords, { code, field, rule }: ToldRefusal): string {
  if (rule !== undefined) return words.rule(rule);
  if (code === 'unprocessable' && field === 'name') return words.nameWrong;
  if (code === 'unprocessable' && field === 'topic') return words.topicWrong;
  return words.failed[code] ?? words.notRaised;
}
