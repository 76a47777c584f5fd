import { element } from '../kit/element.ts';
import { type AllWords, keep, kept } from '../kit/words.ts';

/** What the keys of a room page do. */
export interface KeyActions {
  toggle(): void;
  mute(): void;
  live(): void;
  seek(by: number): void;
  volume(by: number): void;
  /** The next person who speaks in the recording, or the one before. */
  speaker?(by: 1 | -1): void;
}

const KEY = 'earshot-keys';

/** Binds the keys and lists them on the page. A switch turns them off, as WCAG 2.1.4 asks of single-letter keys. */
export function keys(actions: KeyActions, words: AllWords): HTMLElement {
  let on = kept(KEY) !== 'off';
  const bound: Record<string, () => void> = {
    ' ': actions.toggle,
    k: actions.toggle,
    m: actions.mute,
    l: actions.live,
    p: () => actions.speaker?.(-1),
    n: () => actions.speaker?.(1),
    ArrowLeft: () => actions.seek(-15),
    ArrowRight: () => actions.seek(15),
    ArrowUp: () => actions.volume(0.1),
    ArrowDown: () => actions.volume(-0.1),
  };
  document.addEventListener('keydown', (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    // Controls keep their own keys.
    if (target.closest('input, textarea, select, [contenteditable]')) return;
    if (event.key === ' ' && target.closest('button, a, summary')) return;
    if (event.key.startsWith('Arrow') && target !== document.body && !target.closest('main')) return;
    const action = bound[event.key] ?? bound[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
  const row = (names: readonly string[], what: string): HTMLElement =>
    element(
      'li',
      {},
      ...names.flatMap((name, i) => [i > 0 ? ' ' : '', element('kbd', {}, name)]),
      ` ${what}`,
    );
  const box = element('input', { type: 'checkbox', checked: on });
  box.addEventListener('change', () => {
    on = box.checked;
    keep(KEY, on ? 'on' : 'off');
  });
  return element(
    'section',
    { class: 'keys', 'aria-label': words.keys },
    element('label', { class: 'switch small' }, box, element('span', {}, words.keysOn)),
    element(
      'ul',
      { class: 'small ash' },
      row(['␣', 'K'], words.keyPlay),
      row(['M'], words.keyMute),
      row(['L'], words.keyLive),
      row(['←', '→'], words.keySeek),
      row(['↑', '↓'], words.keyVolume),
      row(['P', 'N'], words.keySpeaker),
    ),
  );
}
