import { embedCode } from '../../src/wire/listening/embed-code.ts';
import { copyText } from '../kit/copy.ts';
import { element, write, written } from '../kit/element.ts';
import { clockOf } from '../kit/figures.ts';
import type { AllWords } from '../kit/words.ts';
import { localNote } from './local-note.ts';

const SAID_MS = 2_000;

/** Buttons that share the room, or the moment that is being heard. */
export interface ShareButtons {
  readonly nodes: readonly HTMLElement[];
  /** `at`: the place in the recording, seconds; undefined while the live program is heard. */
  show(title: string, at: number | undefined): void;
}

/** Copies a link and says so on the button; where copying is impossible, shows the link in a prompt. */
export function copyLink(
  button: HTMLElement,
  link: string,
  words: AllWords,
  copied: string = words.copied,
): void {
  const now = written(button);
  const label = now === copied ? (button.dataset.label ?? now) : now;
  button.dataset.label = label;
  const told = (): void => {
    write(button, copied);
    setTimeout(() => {
      if (written(button) === copied) write(button, label);
    }, SAID_MS);
  };
  void copyText(link).then((copied) => (copied ? told() : void prompt(label, link)));
}

/** Makes the buttons. On phones they open the system's share sheet, elsewhere they copy the link. */
export function shareButtons(words: AllWords, slug: string): ShareButtons {
  let title = '';
  let at: number | undefined;
  const hand = (button: HTMLElement, link: string): void => {
    if (navigator.share && matchMedia('(pointer: coarse)').matches)
      // Keeps the title in its own writing direction inside the other program's text.
      navigator.share({ title: `\u2068${title}\u2069`, url: link }).catch(() => {});
    else copyLink(button, link, words);
  };
  const address = `${location.origin}/r/${slug}`;
  const room = element('button', { type: 'button', class: 'button quiet' }, words.share);
  const moment = element('button', { type: 'button', class: 'button quiet', hidden: true });
  const embed = element('button', { type: 'button', class: 'button quiet' }, words.embed);
  // Of a private room there is none: its address alone opens nothing.
  const isKeyed = document.querySelector('[data-key]') !== null;
  const link = { class: 'button quiet', href: `/r/${slug}/qr.svg`, target: '_blank', rel: 'noopener' };
  const qr = element('a', { ...link, hidden: isKeyed }, words.qr);
  const note = localNote(address, words);
  room.addEventListener('click', () => hand(room, address));
  moment.addEventListener('click', () => hand(moment, `${address}?t=${Math.floor(at ?? 0)}`));
  embed.addEventListener('click', () => copyLink(embed, embedCode(address, title), words, words.codeCopied));
  return {
    nodes: [room, moment, embed, qr, ...(note ? [note] : [])],
    show(named, heard) {
      title = named;
      at = heard;
      moment.hidden = heard === undefined;
      if (heard !== undefined && written(moment) !== words.copied)
        write(moment, words.shareFrom(clockOf(heard)));
    },
  };
}
