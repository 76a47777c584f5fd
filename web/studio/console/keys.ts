import type { Console } from './console.ts';

/** Handles the keyboard shortcuts until the signal aborts. */
export function listenToKeys(studio: Console, signal: AbortSignal): void {
  addEventListener('keydown', (event) => down(studio, event), { signal });
  addEventListener('keyup', (event) => event.code === 'Space' && release(studio), { signal });
  addEventListener('blur', () => release(studio), { signal });
}

const release = (studio: Console): void => {
  studio.voice.held.value = false;
};

function down(studio: Console, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target instanceof Element ? event.target : undefined;
  // Leaves the field, so that letters work as shortcuts again.
  if (event.key === 'Escape' && target instanceof HTMLInputElement && !target.closest('dialog, [popover]'))
    target.blur();
  if (target?.closest('input:not([type=checkbox]), textarea, select, dialog')) return;
  if (studio.phase.value !== 'stage' && event.key !== '?') return;
  if (event.code === 'Space') {
    const control = target?.closest('button, a, summary, input, [popover]');
    if (!studio.settings.pushToTalk.value || (control && !control.classList.contains('mute-key'))) return;
    event.preventDefault();
    if (!studio.hostMuted.value) studio.voice.held.value = true;
    return;
  }
  if (event.repeat) return;
  if (press(studio, event.key, target)) event.preventDefault();
}

/** Runs the shortcut of a key; false if it has none here. */
function press(studio: Console, key: string, target: Element | undefined): boolean {
  const status = studio.room.status.value;
  const host = studio.isHost.value;
  const strip = target?.closest<HTMLElement>('[data-person]');
  const person = studio.room.people.value.find((it) => it.id === strip?.dataset['person']);
  const other = host && person && person.id !== studio.room.me.value.id ? person : undefined;
  if (/^[1-9]$/.test(key)) {
    document.querySelector<HTMLElement>(`[data-index="${Number(key) - 1}"]`)?.focus();
    return true;
  }
  switch (key.toLowerCase()) {
    case '?':
      studio.dialog.value = 'keys';
      return true;
    case 'm':
      studio.toggleMute();
      return true;
    case 'p':
      studio.settings.pushToTalk.value = !studio.settings.pushToTalk.value;
      return true;
    case 'd':
      studio.dialog.value = 'sound';
      return true;
    case 's':
      studio.notices.say(summary(studio));
      return true;
    case 'l':
      if (host && status === 'open') studio.goLive();
      else if (host && status === 'live') void studio.host.change('standby');
      return host;
    case 'e':
      if (host && status !== 'scheduled') studio.dialog.value = 'end';
      return host;
    case 'i':
      document.getElementById('invite-name')?.focus();
      return host;
    case 'k':
      if (other) studio.act({ do: other.muted ? 'ask-unmute' : 'mute', who: other.id });
      return other !== undefined;
    case 'h':
      if (other?.role === 'speaker') studio.act({ do: 'make-host', who: other.id });
      return other !== undefined;
    case 'r':
      // The key opens the question; it does not answer it.
      if (other) strip?.querySelector<HTMLElement>('[popovertarget]')?.click();
      if (other) strip?.querySelector<HTMLElement>('[data-remove]')?.click();
      return other !== undefined;
    case 't':
      if (other) studio.act({ do: 'to-listener', who: other.id });
      return other !== undefined;
    case 'o':
      if (other) studio.act({ do: other.backstage ? 'on-air' : 'backstage', who: other.id });
      return other !== undefined;
    default:
      return host && pressForHands(studio, key.toLowerCase(), target);
  }
}

/** Shortcuts for the hand in focus, or for the first one. */
function pressForHands(studio: Console, key: string, target: Element | undefined): boolean {
  const row =
    target?.closest<HTMLElement>('[data-hand]') ??
    document.querySelector<HTMLElement>('li[data-hand]:not(.called)');
  const hand = studio.room.raised.line.value.find(({ id }) => id === row?.dataset['hand']);
  if (!hand) return false;
  if (key === 'q') row?.focus();
  else if (key === 'a') studio.act({ do: 'call', hand: hand.id });
  else if (key === 'b') studio.act({ do: 'call', hand: hand.id, check: true });
  else if (key === 'x') row?.querySelector<HTMLElement>('[data-decline]')?.click();
  else return false;
  return true;
}

/** The state of the room in one sentence, for people who cannot see the page. */
function summary(studio: Console): string {
  const words = studio.words.value;
  const program = studio.room.program.value;
  const status = words.standing[studio.standing.value];
  const carries = program?.program.carries ?? 'standby';
  const known = studio.room.contact.value === 'here';
  const hears = !known
    ? words.hearsUnknown
    : carries === 'stage' && program?.program.deadAir
      ? words.hearsNothing
      : words.hears[carries];
  return words.summary(
    status,
    hears,
    program?.streams ?? 0,
    studio.room.people.value.length,
    studio.voice.silent.value,
  );
}
