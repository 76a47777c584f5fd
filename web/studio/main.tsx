import { effect } from '@preact/signals';
import { render } from 'preact';
import { openEventBatches } from '../audience/event-batches.ts';
import { openPageSigns } from '../audience/open-page.ts';
import { App } from './app.tsx';
import { openConsole } from './console/console.ts';
import { ConsoleContext } from './console/context.ts';
import { listenToKeys } from './console/keys.ts';
import { knownLink, rememberWhile } from './console/remember.ts';
import { NoLink } from './farewell/farewell.tsx';
import { linkOf, takeToken } from './link/link.ts';
import { openByAccount } from './link/own-link.ts';
import { openSettings } from './voice/settings.ts';
import { wordsOf } from './words/words.ts';
import './style.css';

// Takes the token out of the address, so that shared screens and the browser's history do not show it.
const taken = takeToken(location, () =>
  history.replaceState(history.state, '', location.pathname + location.search),
);
const link = linkOf(location.pathname, taken, Date.now());
const settings = openSettings();
const root = document.getElementById('studio') ?? document.querySelector('main') ?? document.body;
root.textContent = '';
if (root.dataset['key'] !== undefined) (await import('../kit/room-key.ts')).openRoomKey(root.dataset);
root.classList.add('studio');

effect(() => {
  document.documentElement.lang = settings.language.value;
  if (settings.theme.value) document.documentElement.dataset['theme'] = settings.theme.value;
});

const { token } = link;
if (token) {
  const studio = openConsole({ ...link, token }, settings, root.dataset['title'] ?? link.slug);
  rememberWhile(studio);
  listenToKeys(studio, new AbortController().signal);
  // Hosts and speakers are in the room too.
  const events = openEventBatches(link.slug, () => undefined);
  openPageSigns({ events, now: () => Date.now(), crowded: () => false });
  effect(() => {
    document.title = `${studio.room.title.value} · ${studio.words.value.studio} · Earshot`;
  });
  effect(() => {
    if (studio.phase.value === 'bad-link') void openByAccount(link.slug, token);
  });
  addEventListener('beforeunload', (event) => {
    if (studio.phase.value === 'stage' && studio.room.status.value === 'live') event.preventDefault();
  });
  render(
    <ConsoleContext.Provider value={studio}>
      <App />
    </ConsoleContext.Provider>,
    root,
  );
} else {
  render(<NoLink link={link} words={wordsOf(settings.language.value)} known={knownLink(link.slug)} />, root);
  void openByAccount(link.slug);
}

// Opening another personal link in the same tab changes only the hash.
addEventListener('hashchange', () => location.reload());
