import { escapeHtml } from '../../base/plain-text.ts';
import { labelled, textField } from '../../form/index.ts';
import { imagesOf } from '../../image/index.ts';
import type { SocialParts } from '../parts.ts';
import { type ImageWish, MOST_IMAGES, type PostImage } from '../posts/post-images.ts';
import type { SocialWords } from '../words/social-words.ts';
import { imageHtml } from './image-view.ts';
import type { SocialVisit } from './visit.ts';

/** What sends images one by one where scripts run: `web/people/images.ts`. */
export const IMAGE_SCRIPT = 'web/people/images.ts';

// Without HEIC in it, an iPhone sends its photos as JPEG.
const ACCEPTED = 'accept="image/jpeg,image/png,image/webp"';

/** A field for a file, or several. */
export const fileField = (label: string, name: string, hint: string, more = ''): string =>
  labelled(
    label,
    `f-${name}`,
    `<input type="file" id="f-${name}" name="${name}" ${ACCEPTED} aria-describedby="f-${name}-hint"${more}>`,
    hint,
  );

/** What the script says, as an attribute of what it looks for. */
export const scriptWords = ({ images }: Pick<SocialWords, 'images'>): string =>
  ` data-words="${escapeHtml(
    JSON.stringify({
      ...images.script,
      ...{ alt: images.alt('{n}'), altHint: images.altHint },
      ...{ tooLarge: images.refused['too-large'], busy: images.refused.busy },
    }),
  )}"`;

/** The images of a form that was sent, as its author wants them. */
export const wishesIn = (sent: URLSearchParams): ImageWish[] => {
  const left = new Set(sent.getAll('leave-out'));
  return [...new Set(sent.getAll('image'))]
    .filter((id) => !left.has(id))
    .map((id) => ({ id, alt: sent.get(`alt-${id}`) ?? '' }));
};

/** Why a file that came with a form was not taken. */
export const refusedImage = ({ images }: SocialVisit['words'], sent: URLSearchParams): string | undefined =>
  Object.entries(images.refused).find(([code]) => code === sent.get('image-fault'))?.[1];

/** Why a form with images is shown once more before anything is posted; undefined: it can be. */
export function askedFirst({ words }: SocialVisit, sent: URLSearchParams): string | undefined {
  const refused = refusedImage(words, sent);
  if (refused !== undefined) return refused;
  const wishes = wishesIn(sent);
  if (wishes.length > MOST_IMAGES) return words.faults['too-many-images'];
  const wasAsked = sent.get('asked') === '1' && !sent.has('fresh');
  return wasAsked || wishes.every(({ alt }) => alt.trim() !== '') ? undefined : words.images.describe;
}

/**
 * The fields of a form for its images: those that it has, each with its description, and a place for more. Without
 * files to take there are none.
 */
export async function imageFields(
  { deps }: SocialParts,
  { words, account }: SocialVisit,
  sent?: URLSearchParams,
  now: readonly PostImage[] = [],
): Promise<string> {
  if (!deps.images || !account) return '';
  const wishes = sent?.has('with-images') ? wishesIn(sent) : now;
  const cards = await imagesOf(
    deps.store.db,
    account.id,
    wishes.map(({ id }) => id),
  );
  const rows = wishes.flatMap(({ id, alt }, index) => {
    const card = cards.get(id);
    if (!card) return [];
    const field = textField(words.images.alt(index + 1), `alt-${id}`, 'maxlength="2000"', {
      value: alt,
      hint: words.images.altHint,
    });
    return [
      `<li><input type="hidden" name="image" value="${id}">${imageHtml({ ...card, alt: '' }, '160px')}<div>${field}<label class="check"><input type="checkbox" name="leave-out" value="${id}"> ${words.images.leaveOut}</label></div></li>`,
    ];
  });
  const asked = rows.length > 0 ? '<input type="hidden" name="asked" value="1">' : '';
  const more =
    rows.length < MOST_IMAGES
      ? fileField(words.images.add, 'file', words.images.addHint(MOST_IMAGES), ' multiple')
      : '';
  return `<div class="image-fields"${scriptWords(words)}><input type="hidden" name="with-images" value="1">${asked}${
    rows.length === 0 ? '' : `<ol class="chosen">${rows.join('')}</ol>`
  }${more}</div>`;
}
