import { segmentTags } from '../src/keys/segment-tags.ts';

/** The tags of segments of an installation with a secret of zeros. */
export const testTag = segmentTags(new Uint8Array(32));
