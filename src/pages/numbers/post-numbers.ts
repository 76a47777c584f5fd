import type { PageLanguage } from '../../base/negotiation.ts';
import { METRICS } from '../../wire/metrics.ts';
import { POST_FIGURES, type PostFigureId } from '../../wire/posts/post-figures.ts';
import type { PageHead } from '../page-shell.ts';
import { numbersWords } from './catalogue.ts';

/** What the numbers under a post mean, in plain words. All is HTML. */
interface PostNumbersText {
  readonly title: string;
  readonly about: string;
  readonly lead: string;
  readonly figures: Readonly<Record<PostFigureId, { readonly name: string; readonly says: string }>>;
  readonly parts: readonly { readonly title: string; readonly says: readonly string[] }[];
  readonly rooms: string;
  readonly roomsLead: string;
}

const TEXT: Readonly<Record<PageLanguage, PostNumbersText>> = {
  en: {
    title: 'What the numbers under a post mean',
    about: 'Impressions, opens and listens begun from a post: how they are counted, and what they are not.',
    lead: 'These numbers count events at screens. They are no people and no listeners, and they are never added to the audience of a room, nor to those of another post.',
    figures: {
      post_impressions: {
        name: 'Impressions',
        says: 'At least half of the post’s card was visible, in a visible tab, for one second without a break. Once for each post and page view; loading the page again, or going back to it, is another page view. A card more than twice as tall as the window can never be half visible, and does not count.',
      },
      post_opens: {
        name: 'Opened',
        says: 'The post’s own page was opened and visible. Once for each page view.',
      },
      post_listens: {
        name: 'Listens begun from here',
        says: 'Somebody pressed the card of the room in the post, and then really heard it: a piece of sound was delivered, and the first sound was played within 30 seconds.',
      },
      post_embed_impressions: {
        name: 'Impressions on other sites',
        says: 'The same as impressions, where the post is shown inside a page of another site. They are a number of their own, and in no other.',
      },
    },
    parts: [
      {
        title: 'Who does not count',
        says: [
          'The author of the post and the operator of this server, when they are signed in. Inside other sites a browser does not tell us who is signed in: there they count.',
          'Robots that say what they are, and pages that a browser loads before anybody wants them.',
          'Whoever asks not to be tracked (Do Not Track, Global Privacy Control), and browsers without scripts: nobody can know what they saw.',
        ],
      },
      {
        title: 'What these numbers cannot show',
        says: [
          'That somebody read the post. A second in view is no more than that.',
          'How many people there were: one person who comes back ten times is ten impressions.',
          'Somebody who writes a program can send false ones, one request for each. Take an impression for what it is.',
        ],
      },
      {
        title: 'How they can be checked',
        says: [
          'Every ten minutes the numbers of posts that have grown are written into the <a href="/verify">evidence log</a>, and can no more be changed without anybody noticing. Those of a post with the card of a room are in the bundle of the room as well.',
          'Programs read them at <code>/api/posts/ID/figures</code>, with the number of the entry in the log.',
        ],
      },
    ],
    rooms: 'The figures of a room',
    roomsLead: 'A room has figures of its own, on its page of numbers.',
  },
  fr: {
    title: 'Ce que disent les nombres sous une publication',
    about:
      'Impressions, ouvertures et écoutes commencées depuis une publication : comment on les compte, et ce qu’elles ne sont pas.',
    lead: 'Ces nombres comptent des événements sur des écrans. Ce ne sont ni des personnes ni des auditeurs, et ils ne s’ajoutent jamais au public d’une salle, ni à ceux d’une autre publication.',
    figures: {
      post_impressions: {
        name: 'Impressions',
        says: 'La moitié au moins de la carte de la publication était visible, dans un onglet visible, pendant une seconde sans interruption. Une fois par publication et par page vue ; recharger la page, ou y revenir, est une autre page vue. Une carte plus de deux fois plus haute que la fenêtre ne peut jamais être visible à moitié, et ne compte pas.',
      },
      post_opens: {
        name: 'Ouverte',
        says: 'La page de la publication a été ouverte et était visible. Une fois par page vue.',
      },
      post_listens: {
        name: 'Écoutes commencées d’ici',
        says: 'Quelqu’un a suivi la carte de la salle dans la publication, puis l’a vraiment entendue : du son a été livré, et joué dans les 30 secondes.',
      },
      post_embed_impressions: {
        name: 'Impressions sur d’autres sites',
        says: 'Comme les impressions, quand la publication est montrée dans une page d’un autre site. C’est un nombre à part, compris dans aucun autre.',
      },
    },
    parts: [
      {
        title: 'Qui ne compte pas',
        says: [
          'L’auteur de la publication et l’exploitant de ce serveur, quand ils sont connectés. Dans d’autres sites, un navigateur ne nous dit pas qui est connecté : là, ils comptent.',
          'Les robots qui disent ce qu’ils sont, et les pages qu’un navigateur charge avant que quelqu’un ne les demande.',
          'Qui demande à ne pas être suivi (« Do Not Track », « Global Privacy Control »), et les navigateurs sans scripts : personne ne peut savoir ce qu’ils ont vu.',
        ],
      },
      {
        title: 'Ce que ces nombres ne montrent pas',
        says: [
          'Que quelqu’un a lu la publication. Une seconde à l’écran n’est rien de plus.',
          'Combien de personnes c’étaient : une personne qui revient dix fois fait dix impressions.',
          'Qui écrit un programme peut en envoyer de fausses, une requête pour chacune. Prenez donc une impression pour ce qu’elle est.',
        ],
      },
      {
        title: 'Comment les vérifier',
        says: [
          'Toutes les dix minutes, les nombres des publications qui ont augmenté sont écrits dans le <a href="/verify">journal de preuves</a>, et ne peuvent plus être changés sans que cela se voie. Ceux d’une publication qui porte la carte d’une salle sont aussi dans le dossier de preuves de la salle.',
          'Les programmes les lisent à <code>/api/posts/ID/figures</code>, avec le numéro de l’entrée du journal.',
        ],
      },
    ],
    rooms: 'Les chiffres d’une salle',
    roomsLead: 'Une salle a ses propres chiffres, sur sa page de chiffres.',
  },
};

/** The title of the page, and what it is about. */
export const postNumbersHead = (language: PageLanguage): PageHead => ({
  ...{ title: TEXT[language].title, about: TEXT[language].about, path: '/numbers' },
});

/** The page's `main`: each figure under the id by which definitions are named. */
export function postNumbersMain(language: PageLanguage): string {
  const { title, lead, figures, parts, rooms, roomsLead } = TEXT[language];
  const { names, rules } = numbersWords(language);
  const ofPosts: ReadonlySet<string> = new Set(POST_FIGURES.map(({ id }) => id));
  const own = POST_FIGURES.map(
    ({ id }) => `<section><h2 id="${id}">${figures[id].name}</h2>\n<p>${figures[id].says}</p></section>`,
  );
  const more = parts.map(
    (part) =>
      `<h2>${part.title}</h2>\n<ul>${part.says.map((line) => `<li><p>${line}</p></li>`).join('\n')}</ul>`,
  );
  const ofRooms = METRICS.map(
    ({ id }) =>
      `<section><h3${ofPosts.has(id) ? '' : ` id="${id}"`}>${names[id]}</h3>\n<p>${rules[id]}</p></section>`,
  );
  return `<main class="plain page"><h1>${title}</h1>
<p class="lede">${lead}</p>
${own.join('\n')}
${more.join('\n')}
<h2>${rooms}</h2>
<p>${roomsLead}</p>
${ofRooms.join('\n')}
</main>`;
}
