import './listen.css';
import './theatre/theatre.css';
import './home/home.css';
import { allWordsOf, language, wordsOf } from '../kit/words.ts';
import { openControls } from './controls.ts';
import { applyTheme } from './frame.ts';
import { RoomNews } from './news.ts';
import { openPoll } from './poll.ts';
import { roomPage } from './room.ts';
import { say } from './say.ts';
import { openSound } from './sound.ts';
import { cachesOf, free, paceOf, stateAt } from './ways.ts';

applyTheme();
const words = await wordsOf(language());
const main = document.querySelector('main');
const mount = document.querySelector<HTMLElement>('#room');
const keyed = mount ?? main;
if (keyed?.dataset.key !== undefined) (await import('../kit/room-key.ts')).openRoomKey(keyed.dataset);
if (main && mount) roomPage(main, mount, words);
else if (main?.id === 'closed') (await import('./closed/closed.ts')).closedPage(main, language());
else if (main?.dataset.slug !== undefined && main.classList.contains('embed')) {
  const { embedPage } = await import('./embed/embed-page.ts');
  embedPage(main, words, {
    openControls,
    openPoll,
    openSound,
    RoomNews,
    say,
    cachesOf,
    free,
    paceOf,
    stateAt,
  });
} else if (main && !main.classList.contains('embed'))
  (await import('./home/home.ts')).homePage(main, await allWordsOf(words));
