import './listen.css';
import { language, wordsOf } from '../kit/words.ts';
import { applyTheme } from './frame.ts';
import { homePage } from './home.ts';
import { roomPage } from './room.ts';

applyTheme();
const words = wordsOf(language());
const main = document.querySelector('main');
const mount = document.querySelector<HTMLElement>('#room');
if (main && mount) roomPage(main, mount, words);
else if (main) homePage(main, words);
