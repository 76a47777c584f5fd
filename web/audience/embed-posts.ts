/** A post inside a page of another site loads this. */
import { openPostImpressions } from './post-impressions.ts';

openPostImpressions('embed-seen');
