import type { PageLanguage } from '../../base/negotiation.ts';
import type { RoomCard } from '../../wire/room.ts';

const english = {
  button: 'Remind me',
  people: (count: string, isOne: boolean) =>
    isOne ? `${count} person will be reminded.` : `${count} people will be reminded.`,
};
const french: typeof english = {
  button: 'Me le rappeler',
  people: (count, isOne) =>
    isOne ? `${count} personne sera prévenue.` : `${count} personnes seront prévenues.`,
};

/** The way to be reminded of a room that is to come, and how many will be; of a private room nobody is. */
export function remindedPart(
  { slug, status, access, reminded = 0 }: RoomCard,
  language: PageLanguage,
): string {
  if (status !== 'scheduled' || access === 'private') return '';
  const words = language === 'fr' ? french : english;
  const count = new Intl.NumberFormat(language).format(reminded);
  const people =
    reminded > 0
      ? `<p class="small reminded" data-people="${reminded}">${words.people(count, reminded === 1)}</p>\n`
      : '';
  return `${people}<noscript><p><a class="button" href="/r/${slug}/remind">${words.button}</a></p></noscript>\n`;
}
