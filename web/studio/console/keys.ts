import type { Desk } from './console.ts';

/** Listens to every key of the cheat sheet until the signal aborts. */
export function listenToKeys(desk: Desk, signal: AbortSignal): void {
  addEventListener('keydown', (event) => down(desk, event), { signal });
  addEventListener('keyup', (event) => event.code === 'Space' && release(desk), { signal });
  addEventListener('blur', () => release(desk), { signal });
}

const release = (desk: Desk): void => {
  desk.voice.held.value = false;
};

function down(desk: Desk, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target instanceof Element ? event.target : undefined;
  // Out of a field: from here on letters are keys again.
  if (event.key === 'Escape' && target instanceof HTMLInputElement && !target.closest('dialog, [popover]'))
    target.blur();
  if (target?.closest('input:not([type=checkbox]), textarea, select, dialog')) return;
  if (desk.phase.value !== 'stage' && event.key !== '?') return;
  if (event.code === 'Space') {
    const control = target?.closest('button, a, summary, input, [popover]');
    if (!desk.settings.pushToTalk.value || (control && !control.classList.contains('mute-key'))) return;
    event.preventDefault();
    if (!desk.hostMuted.value) desk.voice.held.value = true;
    return;
  }
  if (event.repeat) return;
  if (press(desk, event.key, target)) event.preventDefault();
}

/** Does what the key says; false when it says nothing here. */
function press(desk: Desk, key: string, target: Element | undefined): boolean {
  const status = desk.room.status.value;
  const host = desk.isHost.value;
  const strip = target?.closest<HTMLElement>('[data-person]');
  const person = desk.room.people.value.find((it) => it.id === strip?.dataset['person']);
  const other = host && person && person.id !== desk.room.me.value.id ? person : undefined;
  if (/^[1-9]$/.test(key)) {
    document.querySelector<HTMLElement>(`[data-index="${Number(key) - 1}"]`)?.focus();
    return true;
  }
  switch (key.toLowerCase()) {
    case '?':
      desk.dialog.value = 'keys';
      return true;
    case 'm':
      desk.toggleMute();
      return true;
    case 'p':
      desk.settings.pushToTalk.value = !desk.settings.pushToTalk.value;
      return true;
    case 'd':
      desk.dialog.value = 'sound';
      return true;
    case 's':
      desk.notices.say(summary(desk));
      return true;
    case 'l':
      if (host && status === 'open') desk.goLive();
      else if (host && status === 'live') void desk.host.change('standby');
      return host;
    case 'e':
      if (host && status !== 'scheduled') desk.dialog.value = 'end';
      return host;
    case 'i':
      document.getElementById('invite-name')?.focus();
      return host;
    case 'k':
      if (other) desk.act({ do: other.muted ? 'ask-unmute' : 'mute', who: other.id });
      return other !== undefined;
    case 'h':
      if (other?.role === 'speaker') desk.act({ do: 'make-host', who: other.id });
      return other !== undefined;
    case 'r':
      // The key leads to the second step, it does not take it.
      if (other) strip?.querySelector<HTMLElement>('[popovertarget]')?.click();
      if (other) strip?.querySelector<HTMLElement>('[data-remove]')?.click();
      return other !== undefined;
    default:
      return false;
  }
}

/** Where we are, in one breath: for those who cannot see the desk. */
function summary(desk: Desk): string {
  const words = desk.words.value;
  const program = desk.room.program.value;
  const status = words.standing[desk.standing.value];
  const carries = program?.program.carries ?? 'standby';
  const known = desk.room.contact.value === 'here';
  const hears = !known
    ? words.hearsUnknown
    : carries === 'stage' && program?.program.deadAir
      ? words.hearsNothing
      : words.hears[carries];
  return words.summary(
    status,
    hears,
    program?.streams ?? 0,
    desk.room.people.value.length,
    desk.voice.silent.value,
  );
}
