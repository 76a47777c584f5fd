import './verify.css';
import { openVerifyPage } from './page.ts';

const main = document.querySelector('main');
// A page that was saved has what was on it as well: it begins anew.
if (main) openVerifyPage(main);
