/** Which post led to this page, where one did. */
import { FROM_POST, isMark } from '../../src/wire/posts/post-events.ts';
import { isOperator } from '../kit/operator-key.ts';
import { openPostEvents } from './post-impressions.ts';
import { asksForPrivacy } from './random-key.ts';

/**
 * Reads `#from-post=MARK` and takes it out of the address, so that whoever passes the address on passes on no more than
 * that. The function that is returned tells that a listen has begun, once; undefined where no post led here.
 */
export function openFromPost(): (() => void) | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get(FROM_POST);
  if (given === null) return undefined;
  history.replaceState(history.state, '', location.pathname + location.search);
  if (!isMark(given) || asksForPrivacy() || isOperator()) return undefined;
  let told = false;
  return () => {
    if (told) return;
    told = true;
    openPostEvents().add(['listened', given]);
  };
}
