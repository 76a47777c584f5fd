import './listen.css';
import './theatre/theatre.css';
import './home/home.css';
import { allWordsOf, language, wordsOf } from '../kit/words.ts';
import { applyTheme } from './frame.ts';
import { roomPage } from './room.ts';

applyTheme();
const words = await wordsOf(language());
const main = document.querySelector('main');
const mount = document.querySelector<HTMLElement>('#room');
if (main && mount) roomPage(main, mount, words);
else if (main) (await import('./home/home.ts')).homePage(main, await allWordsOf(words));
