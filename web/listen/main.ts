import './listen.css';
import './theatre/theatre.css';
import './home/home.css';
import { type Language, language, wordsOf } from '../kit/words.ts';
import { openControls } from './controls.ts';
import { applyTheme } from './frame.ts';
import { RoomNews } from './news.ts';
import { openPoll } from './poll.ts';
import { roomPage } from './room.ts';
import { say } from './say.ts';
import { openSound } from './sound.ts';
import { cachesOf, free, paceOf, stateAt } from './ways.ts';

applyTheme();
const main = document.querySelector('main');
// In another site's page the server has heard what that page wants.
const tongue = main?.className === 'embed' ? (document.documentElement.lang as Language) : language();
const words = await wordsOf(tongue);
const mount = document.querySelector<HTMLElement>('#room');
const keyed = document.querySelector<HTMLElement>('[data-key]');
if (keyed) (await import('../kit/room-key.ts')).openRoomKey(keyed.dataset);
if (main && mount) roomPage(main, mount, words);
else if (main?.classList.contains('embed')) {
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
} else if (main) (await import('./closed/other-pages.ts')).otherPage(main, words);
