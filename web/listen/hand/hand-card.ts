import type { RoomState } from '../../../src/wire/room.ts';
import type { HandStanding } from '../../../src/wire/stage/hands.ts';
import { element, write } from '../../kit/element.ts';
import { language } from '../../kit/words.ts';
import type { Sound } from '../sound.ts';
import { handForm } from './hand-form.ts';
import { type HandActs, type HandButton, handView } from './hand-view.ts';
import { handWords } from './hand-words.ts';
import type { OnStage, StageView, StageWay } from './on-stage.ts';
import { openOwnHand } from './own-hand.ts';

/** What the card needs from the page. */
export interface HandCardOptions {
  readonly slug: string;
  readonly sound: Sound;
  /** The page's own buttons for the sound: of no use on stage. */
  readonly controls: HTMLElement;
  /** The server's wall clock, ms. */
  now(): number;
  readonly zero: number | undefined;
}

/** The card with which a listener raises a hand, and speaks. */
export interface HandCard {
  readonly node: HTMLElement;
  /** Takes what the room says now. */
  show(state: RoomState): void;
}

/**
 * Whoever is among the next so many makes ready what can be made before a call: the code of the stage is fetched, and
 * the browser's half of both connections is made.
 */
const SOON = 3;

/** Opens the card. */
export function openHandCard(options: HandCardOptions): HandCard {
  const { slug } = options;
  const words = handWords(language());
  const own = openOwnHand(slug, () => render());
  let open = false;
  let asking = false;
  let view: StageView | undefined;
  let stage: OnStage | undefined;
  let coming = false;
  const calls = callMemory();
  let trouble = '';
  let shown = '';
  let canRaise = false;

  const { status, word, note, actions } = cardParts();
  const { form, name, topic } = handForm(
    words,
    (who, about) => {
      asking = false;
      trouble = '';
      void own.raise(who, about);
    },
    () => ask(false),
  );
  const node = element(
    'section',
    { class: 'hand card', 'aria-label': words.title },
    ...[status, word, note, form, actions],
  );
  const ask = (on: boolean): void => {
    asking = on;
    render();
    if (on) (name.value ? topic : name).focus();
    else actions.querySelector('button')?.focus();
  };
  const way = readyOnce(() =>
    import('./on-stage.ts').then(({ wayToStage }) =>
      wayToStage({
        ...options,
        take: own.take,
        changed: (next) => {
          view = next;
          render();
        },
        over: (why) => {
          view = undefined;
          stage = undefined;
          coming = false;
          if (why === 'left') void own.lower();
          else if (why === 'elsewhere') trouble = words.elsewhere;
          else if (why === 'moved' || why === 'refused') own.ask();
          else {
            trouble = words.trouble[why];
            void own.tell(why);
          }
          render();
        },
      }),
    ),
  );
  const come = async (): Promise<void> => {
    if (coming || stage) return;
    coming = true;
    calls.answer(true);
    trouble = '';
    try {
      stage = await (await way.use()).come(calls.moved);
      if (!view) stage = undefined;
    } catch {
      // The code of the stage could not be fetched: the call holds for a while, and the next look tries again.
      view = undefined;
      calls.answer(false);
    } finally {
      coming = false;
      render();
    }
  };

  const acts: HandActs = {
    ask: () => ask(true),
    come: () => void come(),
    lower: () => void own.lower(),
    play: () => stage?.play(),
    mute: (muted) => stage?.mute(muted),
    leave: () => void stage?.leave(),
  };
  function render(): void {
    const it = handView({ words, view, state: own.state, canRaise, trouble }, acts);
    const there = view !== undefined && view.at !== 'coming';
    options.controls.hidden = there;
    node.hidden = !open;
    form.hidden = !asking;
    say(status, it.said, asking);
    say(word, it.word ? `${words.word} ${it.word}` : '', asking);
    say(note, it.note ?? '', asking);
    actions.hidden = asking || it.buttons.length === 0;
    node.classList.toggle('on-stage', there);
    const labels = it.buttons.map(([label]) => label).join('|');
    if (labels !== shown) showButtons(actions, it.buttons);
    shown = labels;
    const { state } = own;
    const standing = state.at === 'known' ? state.hand.standing : undefined;
    if (calls.look(standing) && !view && !coming) void come();
    const soon = state.at === 'known' && (state.hand.place ?? Infinity) <= SOON;
    if ((standing === 'up' && soon) || standing === 'listening') way.make();
    else if (standing !== 'called' && standing !== 'up') way.drop();
  }
  render();
  return {
    node,
    show(state) {
      const told = state.hands;
      canRaise = told !== undefined && told !== 0 && told.open;
      open = canRaise || view !== undefined || own.state.at !== 'none';
      own.look(told);
      render();
    },
  };
}

/** A call that is over is not answered again, and whoever was moved back is not called with an open microphone. */
function callMemory() {
  let [answered, moved] = [false, false];
  return {
    /** They were moved to the listeners, and have not raised a hand since. */
    get moved() {
      return moved;
    },
    answer(on: boolean): void {
      answered = on;
    },
    /** Takes how the hand stands; true for a call that was not answered yet. */
    look(standing: HandStanding | undefined): boolean {
      if (standing !== 'called') answered = false;
      if (standing === 'listening') moved = true;
      else if (standing !== 'called' && standing !== 'stage') moved = false;
      return standing === 'called' && !answered;
    },
  };
}

/** The way to the stage, made at most once ahead and used once. */
function readyOnce(open: () => Promise<StageWay>) {
  let way: Promise<StageWay> | undefined;
  const make = (): Promise<StageWay> => {
    way ??= open();
    // Its code could not be fetched: the next look tries again.
    way.catch(() => {
      way = undefined;
    });
    return way;
  };
  return {
    make: () => void make(),
    use(): Promise<StageWay> {
      const ready = make();
      way = undefined;
      return ready;
    },
    /** The hand is down: what was made is of no use. */
    drop(): void {
      void way?.then((it) => it.close()).catch(() => undefined);
      way = undefined;
    },
  };
}

/** A line of the card, which is there while it says something and no form is open. */
function say(line: HTMLElement, text: string, asking: boolean): void {
  write(line, text);
  line.hidden = text === '' || asking;
}

/** Other buttons than before; whoever had the focus on one has it on the first. */
function showButtons(actions: HTMLElement, buttons: readonly HandButton[]): void {
  const focused = actions.contains(document.activeElement);
  actions.replaceChildren(...buttons.map((one) => button(...one)));
  if (focused) actions.querySelector('button')?.focus();
}

const button = (label: string, run: () => void, kind = 'button quiet'): HTMLElement =>
  element('button', { type: 'button', class: kind, onclick: run }, label);

/** What the card says, and where its buttons are. */
function cardParts() {
  const status = element('p', { class: 'hand-status', role: 'status', 'aria-live': 'assertive' });
  const word = element('p', { class: 'hand-word', dir: 'auto' });
  const note = element('p', { class: 'small ash' });
  const actions = element('div', { class: 'actions' });
  return { status, word, note, actions };
}
