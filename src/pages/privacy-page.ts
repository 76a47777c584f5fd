import type { PageLanguage } from '../base/negotiation.ts';
import type { PageHead } from './page-shell.ts';

/** What is kept about listeners and for how long, in plain words. The titles stand above lists; entries are HTML. */
interface PrivacyText {
  readonly title: string;
  readonly about: string;
  readonly lead: string;
  readonly parts: readonly { readonly title: string; readonly says: readonly string[] }[];
  /** The other language is below. */
  readonly other: string;
}

const TEXT: Readonly<Record<PageLanguage, PrivacyText>> = {
  en: {
    title: 'What is kept about you, and for how long',
    about: 'How this server counts listeners, and what it keeps of them.',
    lead: 'You need no account to listen. Listeners get no cookies and no trackers, and nothing about you is sent to another company, unless you ask to be reminded. This server counts how many people listen, and this page says how.',
    parts: [
      {
        title: 'While you listen',
        says: [
          'Your player has a random number, its session. About every half minute it sends that number, a proof that the sound arrived, how many seconds were played, whether it is muted, and whether the tab is hidden.',
          'Your network address is needed to send you the sound. These counts do not keep it.',
          'To count people and not connections, the server makes a key out of your address (of IPv6 the first half), the name of your browser, and a random salt. The salt is deleted every day. After that nobody, we included, can tell whose key it was; somebody who comes on two days counts as two.',
        ],
      },
      {
        title: 'When you look',
        says: [
          'That a room’s page was loaded and is still open, that Listen was pressed, whether sound came within half a minute, and if not, why.',
          'That a room’s card on the home page, or its player inside another site, was in view for a second. How many different people saw a card is counted with the key above. Which site showed you a player is not kept, and what you do elsewhere is not followed.',
          'That a post was in view for a second or opened, on this server or inside another site, and that you began to listen from it: without a session and without a key, so nobody can tell who it was.',
          'That you took at least a minute of a recording as a file, with the same key.',
        ],
      },
      {
        title: 'How long',
        says: [
          'Raw records (session, key, minute, seconds): 30 days, then they are deleted.',
          'The salt of the keys: one day.',
          'To tell a crowd from an attack, each request to this server is counted for 14 days under such a key, with what kind of program asked and how much: never with your address. What is measured while something goes wrong is published, by these keys.',
          'While this server is overloaded, the addresses and networks that take more than their share are in a file that only it can read, deleted with the last measure against them. The operator can also keep lists of addresses that are always served or refused, until they are taken off.',
          'Which networks (of 256 addresses, or of IPv6 a /48) were here in the last 90 days: as bits that only this server’s secret can read, to know what is new. Single people are not in it.',
          'Totals per room and minute: for good, in a log that anyone can check. No person is in it, and nothing by place, network or device. On pages and in exported tables, reasons that stand for fewer than 20 are told together.',
        ],
      },
      {
        title: 'In your own browser',
        says: [
          'Your language, light or dark, your place in a recording, how steady your network is, and your links to rooms stay in your browser until you clear its data. They are not sent to count you.',
          'One page for moments without a connection, the same for everybody. Nothing of a room is in it.',
          'When this tab last showed a room: until you close the tab. It says only whether you come back within half an hour.',
        ],
      },
      {
        title: 'If your browser asks not to be tracked',
        says: [
          'With Do Not Track or Global Privacy Control you are counted as one listener, and that is all: not whether you are muted or the tab is hidden, not whether you come back, not which cards you saw.',
        ],
      },
      {
        title: 'If you ask to be reminded',
        says: [
          'On a device: the address that your browser has at the push service of its maker, and two keys with which only your browser can read what we send. That service passes the message on: it sees that this server sends you something, and when, but not what, nor of which room. By e-mail: your address. Both with the room and your language; no name, no network address.',
          'All of it is deleted a day after the room is over, or at once when you leave. An address that nobody confirms is deleted within a day.',
        ],
      },
      {
        title: 'If you have an account',
        says: [
          'Name, mail address, the hash of your password, and for each browser that is signed in its name and the hour of the last use; no network address. One cookie says in that browser who you are, for 30 days after the last use. It is never joined to what is counted of listeners.',
          'Of an image that you post, only what is seen on it is kept: where and when it was taken, and what else a camera writes into the file, is thrown away before it is stored. It goes when you delete the post.',
          'You can take all of it along or erase it at <a href="/account">your account</a>.',
        ],
      },
      {
        title: 'If you speak',
        says: [
          'On stage your name and your voice are public, and the conversation may be recorded: its hosts decide.',
        ],
      },
    ],
    other: 'En français, plus bas',
  },
  fr: {
    title: 'Ce qui est gardé de vous, et combien de temps',
    about: 'Comment ce serveur compte son public, et ce qu’il en garde.',
    lead: 'Il ne faut pas de compte pour écouter. Pour le public, ni cookies ni traceurs, et rien de ce qui vous concerne ne part vers une autre entreprise, sauf si vous demandez un rappel. Ce serveur compte combien de personnes écoutent ; voici comment.',
    parts: [
      {
        title: 'Pendant que vous écoutez',
        says: [
          'Votre lecteur porte un nombre au hasard, sa session. Toutes les trente secondes environ, il envoie ce nombre, une preuve que le son est arrivé, combien de secondes ont été jouées, si le son est coupé et si l’onglet est caché.',
          'Votre adresse réseau sert à vous envoyer le son. Ces comptes ne la gardent pas.',
          'Pour compter des personnes et non des connexions, le serveur fait une clé de votre adresse (la première moitié en IPv6), du nom de votre navigateur et d’un sel tiré au hasard. Le sel est effacé chaque jour. Ensuite, plus personne, nous compris, ne peut dire à qui était une clé ; qui vient deux jours compte pour deux.',
        ],
      },
      {
        title: 'Quand vous regardez',
        says: [
          'Que la page d’une salle a été chargée et qu’elle est encore ouverte, qu’on a appuyé sur Écouter, si le son est venu en moins de trente secondes, et sinon pourquoi.',
          'Que la carte d’une salle, sur la page d’accueil, ou son lecteur placé dans un autre site, est restée visible une seconde. Le nombre de personnes différentes qui ont vu une carte se compte avec la clé ci-dessus. Le site qui vous a montré un lecteur n’est pas gardé, et ce que vous faites ailleurs n’est pas suivi.',
          'Qu’une publication est restée visible une seconde ou a été ouverte, sur ce serveur ou dans un autre site, et qu’une écoute a commencé depuis elle : sans session et sans clé, si bien que personne ne peut dire qui c’était.',
          'Que vous avez pris au moins une minute d’un enregistrement comme fichier, avec la même clé.',
        ],
      },
      {
        title: 'Combien de temps',
        says: [
          'Les relevés bruts (session, clé, minute, secondes) : 30 jours, puis ils sont effacés.',
          'Le sel des clés : un jour.',
          'Pour distinguer une foule d’une attaque, chaque requête est comptée pendant 14 jours sous une telle clé, avec le genre de programme et la quantité : jamais avec votre adresse. Ce qui est mesuré quand quelque chose se passe mal est publié, sous ces clés.',
          'Quand ce serveur est surchargé, les adresses et réseaux qui prennent plus que leur part sont dans un fichier que lui seul peut lire, effacé avec la dernière mesure prise à leur égard. L’exploitant peut aussi tenir des listes d’adresses toujours servies ou refusées, jusqu’à ce qu’il les en retire.',
          'Quels réseaux (de 256 adresses, ou un /48 en IPv6) sont venus ces 90 derniers jours : en bits que seul le secret de ce serveur permet de lire, pour savoir ce qui est nouveau. Personne n’y figure seul.',
          'Les totaux par salle et par minute : toujours, dans un journal que chacun peut vérifier. Personne n’y figure, ni rien par lieu, par réseau ou par appareil. Sur les pages et dans les tableaux exportés, les raisons qui comptent pour moins de 20 sont réunies.',
        ],
      },
      {
        title: 'Dans votre navigateur',
        says: [
          'Votre langue, le clair ou le sombre, votre place dans un enregistrement, la stabilité de votre réseau et vos liens vers des salles restent dans votre navigateur jusqu’à ce que vous en effaciez les données. Rien de cela n’est envoyé pour vous compter.',
          'Une page pour les moments sans connexion, la même pour tout le monde. Rien d’une salle ne s’y trouve.',
          'Le moment où cet onglet a montré une salle pour la dernière fois : jusqu’à sa fermeture. Il dit seulement si vous revenez en moins d’une demi-heure.',
        ],
      },
      {
        title: 'Si votre navigateur demande de ne pas être suivi',
        says: [
          'Avec « Do Not Track » ou « Global Privacy Control », vous comptez pour une écoute, et c’est tout : ni le son coupé, ni l’onglet caché, ni votre retour, ni les cartes vues ne sont dits.',
        ],
      },
      {
        title: 'Si vous demandez un rappel',
        says: [
          'Sur un appareil : l’adresse que votre navigateur a auprès du service de messages de son éditeur, et deux clés avec lesquelles seul votre navigateur peut lire ce que nous envoyons. Ce service transmet le message : il voit que ce serveur vous envoie quelque chose, et quand, mais ni quoi, ni de quelle salle. Par courriel : votre adresse. Les deux avec la salle et votre langue ; ni nom, ni adresse réseau.',
          'Tout est effacé un jour après la fin de la salle, ou aussitôt que vous y renoncez. Une adresse que personne ne confirme est effacée dans la journée.',
        ],
      },
      {
        title: 'Si vous avez un compte',
        says: [
          'Nom, adresse de courriel, empreinte du mot de passe et, pour chaque navigateur connecté, son nom et l’heure du dernier usage ; aucune adresse réseau. Un cookie dit à ce navigateur qui vous êtes, jusqu’à 30 jours après le dernier usage. Il n’est jamais rapproché de ce qui est compté du public.',
          'D’une image que vous publiez, on ne garde que ce que l’on y voit : le lieu, la date et le reste de ce qu’un appareil inscrit dans le fichier sont jetés avant qu’elle soit enregistrée. Elle disparaît quand vous supprimez la publication.',
          'Vous pouvez tout emporter ou tout effacer sur <a href="/account">votre compte</a>.',
        ],
      },
      {
        title: 'Si vous parlez',
        says: [
          'Sur scène, votre nom et votre voix sont publics, et la conversation peut être enregistrée : ses hôtes en décident.',
        ],
      },
    ],
    other: 'In English, below',
  },
};

const section = (language: PageLanguage, level: 1 | 2, above: string): string => {
  const { title, lead, parts } = TEXT[language];
  const listed = parts.map(
    (part) =>
      `<h${level + 1}>${part.title}</h${level + 1}>\n<ul>${part.says.map((line) => `<li>${line}</li>`).join('\n')}</ul>`,
  );
  return `<h${level}>${title}</h${level}>\n${above}<p class="lede">${lead}</p>\n${listed.join('\n')}`;
};

/** The title of the page, and what it is about. */
export const privacyHead = (language: PageLanguage): PageHead => ({
  ...{ title: TEXT[language].title, about: TEXT[language].about, path: '/privacy' },
});

/** The page's `main`: in the reader's language, and the other one below it, because only their browser knows a choice. */
export function privacyMain(language: PageLanguage): string {
  const other = language === 'fr' ? 'en' : 'fr';
  const link = `<p class="small"><a href="#${other}" lang="${other}">${TEXT[language].other}</a></p>\n`;
  return `<main class="plain page privacy">
${section(language, 1, link)}
<section id="${other}" lang="${other}">${section(other, 2, '')}</section>
</main>`;
}
