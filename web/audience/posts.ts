/** Pages of this server with posts on them load this. */
import { openPostImpressions } from './post-impressions.ts';

openPostImpressions('seen');
