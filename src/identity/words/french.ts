import { timeInZone } from '../../wire/zones/said-time.ts';
import type { AccountWords } from './account-words.ts';

const roles = { operator: 'exploitant', host: 'hôte', member: 'membre' } as const;
const invitedAs = {
  guest: 'en tant qu’invité',
  speaker: 'à parler',
  'co-host': 'en tant que co-hôte',
} as const;
const news = { moved: 'Nouvel horaire', late: 'En retard', cancelled: 'Annulée' } as const;
const HOUR = 'Le lien sert une fois, pendant une heure.';
const NOT_YOU = 'Si ce n’était pas vous, ne faites rien : sans le lien, rien ne se passe.';

/** The words in French. */
export const french: AccountWords = {
  language: 'fr',
  reportsLink: 'Signalements',
  suspended: 'Votre compte est suspendu',
  suspendedLead: (reason, until) =>
    `L’exploitant de ce serveur a décidé : ${reason}. ${until === undefined ? 'Aucune fin n’est fixée.' : `Jusqu’au ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC.`} Vous pouvez continuer d’écouter.`,
  suspendedMore: 'Ce qui a été décidé, et comment contester',
  suspendedData: 'Ce qui est conservé à votre sujet, à télécharger ou à effacer',
  signIn: 'Se connecter',
  signUp: 'Créer un compte',
  signOut: 'Se déconnecter',
  signInLead: 'Écouter, attendre, réagir et poser une question ne demande aucun compte.',
  name: 'Votre nom',
  nameHint: 'Tel que les autres le voient : 60 caractères au plus, dans une seule écriture.',
  email: 'Adresse de courriel',
  password: 'Mot de passe',
  passwordHint: 'Au moins 10 caractères. Quelques mots à la suite conviennent bien.',
  newPassword: 'Nouveau mot de passe',
  oldPassword: 'Votre mot de passe actuel',
  forgotten: 'Mot de passe oublié ?',
  noAccount: 'Pas encore de compte ?',
  invitedOnly: 'Les comptes de ce serveur se créent sur invitation : demandez un lien à son exploitant.',
  invitedAs: (role) => `Vous êtes invité sur ce serveur en tant que : ${roles[role]}.`,
  invitationOver:
    'Cette invitation a déjà servi, a été retirée ou a expiré. Demandez-en une nouvelle ; si vous avez déjà un compte, connectez-vous.',
  signedInAs: (name) =>
    `Ce navigateur est connecté en tant que ${name}. Un compte créé ici sera un autre compte.`,
  firstOperator: 'Ce serveur n’a pas encore d’exploitant. Qui crée ce compte le devient.',
  roles,
  sent: 'Consultez votre messagerie',
  sentLead: (email) =>
    `Si tout est en ordre, un lien part vers ${email}. ${HOUR} Rien après quelques minutes ? Regardez parmi les indésirables, ou redemandez.`,

  noSmtpTitle: 'Demandez votre lien à l’exploitant',
  noSmtp: (email) =>
    `Ce serveur ne peut pas envoyer de courriel. Si tout est en ordre, son exploitant voit maintenant un lien pour ${email} et peut vous le transmettre. ${HOUR}`,
  ready: 'Votre compte est prêt. Connectez-vous avec votre nouveau mot de passe.',
  proveTitle: 'Confirmez votre adresse',
  changeLead: 'Entrez le mot de passe de votre compte. Cette adresse devient alors celle du compte.',
  proveWith:
    'Entrez le mot de passe que vous avez choisi pour ce compte. L’adresse est alors confirmée, et vous êtes connecté.',
  proveWrong:
    'Ce n’est pas le mot de passe avec lequel ce compte a été créé. Si vous ne l’avez pas créé, choisissez un mot de passe à vous.',
  proveOther: 'Je n’ai pas créé ce compte, ou je n’en connais pas le mot de passe',
  prove: 'Confirmer',
  proved: 'Votre adresse est confirmée.',
  linkOver: 'Ce lien a déjà servi ou a expiré. Demandez-en un nouveau.',
  resetTitle: 'Un nouveau mot de passe',
  resetLead: 'Nous envoyons à votre adresse un lien pour choisir un nouveau mot de passe.',
  resetSend: 'Envoyer le lien',
  resetSet: 'Enregistrer le mot de passe',
  resetDone:
    'Votre nouveau mot de passe est enregistré, et tous les navigateurs sont déconnectés. Connectez-vous avec lui.',
  account: 'Votre compte',
  details: 'Nom, adresse et mot de passe',
  save: 'Enregistrer',
  saved: 'Enregistré.',
  changeEmailLead: 'La nouvelle adresse compte dès que vous l’avez confirmée par le lien qui y est envoyé.',
  changeEmailSent:
    'Un lien part vers la nouvelle adresse. L’ancienne compte tant que vous ne l’avez pas confirmée.',
  changePassword: 'Changer le mot de passe',
  passwordChanged: 'Votre mot de passe est changé, et tous les autres navigateurs sont déconnectés.',
  sessions: 'Où vous êtes connecté',
  sessionsLead:
    'Mettez fin à toute connexion que vous ne reconnaissez pas. Le dernier usage est gardé à l’heure près, et aucune adresse réseau.',
  thisBrowser: 'ce navigateur',
  unknownDevice: 'Un programme sans nom',
  lastUse: (when) => `dernier usage ${when}`,
  notUsed: 'pas encore utilisé',
  end: 'Mettre fin',
  endOthers: 'Mettre fin à toutes les autres',
  ended: 'C’est terminé.',
  passkeys: 'Clés d’accès',
  passkeysLead:
    'Votre téléphone, votre ordinateur ou une clé de sécurité vous connecte avec votre empreinte, votre visage ou un code. Vous ne tapez rien, et aucun autre site ne peut la demander.',
  noPasskeys: 'Aucune pour l’instant.',
  passkeyName: 'Où se trouve la clé d’accès, par exemple « mon téléphone »',
  passkeyAdd: 'Ajouter une clé d’accès',
  passkeyAdded: 'La clé d’accès est ajoutée. Elle vous connecte désormais.',
  passkeyNotAdded: 'La clé d’accès n’a pas pu être ajoutée. Réessayez.',
  passkeyMost: 'Un compte a 20 clés d’accès au plus : retirez-en une d’abord.',
  passkeySignIn: 'Se connecter avec une clé d’accès',
  passkeyWrong:
    'Cette clé d’accès est inconnue ici. Connectez-vous avec votre adresse et votre mot de passe.',
  passkeyEnded: 'Rien n’a été fait : la demande a été annulée ou a duré trop longtemps.',
  passkeyFailed: 'Cela n’a pas marché. Réessayez, ou utilisez votre mot de passe.',
  passkeyKnown: 'Cet appareil a déjà une clé d’accès pour ce compte.',
  signInAgain:
    'Déconnectez-vous et reconnectez-vous d’abord : une clé d’accès s’ajoute dans l’heure qui suit la connexion.',
  since: (when) => `depuis le ${when}`,
  remove: 'Retirer',
  tokens: 'Jetons pour programmes',
  tokensLead:
    'Un programme qui envoie « Authorization: Bearer » et un jeton fait ce que vous pouvez faire dans les salles. Donnez à chacun le sien.',
  tokenName: 'À quoi il sert',
  tokenMake: 'Créer un jeton',
  tokenMade: 'Voici le jeton. Il n’est montré que cette fois :',
  tokenMost: 'Un compte a 20 jetons au plus : mettez fin à l’un d’eux.',
  noTokens: 'Aucun.',
  rooms: 'Vos salles',
  startRoom: 'Ouvrir une salle',
  asks: 'Invitations à des salles',
  askedAs: (inviter, role) => `${inviter || 'Un hôte'} vous invite ${invitedAs[role]}.`,
  asGuest: 'Vous y êtes invité.',
  accept: 'Accepter',
  decline: 'Refuser',
  enterRoom: 'Aller à la salle',
  askAccepted: 'Accepté. La salle figure plus bas, ou plus haut tant que vous y êtes invité.',
  askDeclined: 'Refusé.',
  askOver: 'Cette invitation a expiré, a été retirée, ou a déjà reçu une réponse.',
  noRooms: 'Aucune pour l’instant. Les salles que vous ouvrez en étant connecté figurent ici.',
  memberRoles: { host: 'hôte', 'co-host': 'co-hôte', speaker: 'intervenant' },
  openStudio: 'Ouvrir le studio',
  noStudio: 'Cette salle n’est pas, ou plus, dans votre compte. Demandez à son hôte.',
  services: 'Autres services',
  servicesLead:
    'Une fois relié, votre compte là-bas vous connecte ici. Rien d’autre n’en est lu ni conservé.',
  serviceSignIn: (name) => `Se connecter avec ${name}`,
  serviceConnect: (name) => `Relier ${name}`,
  serviceConnected: 'Relié. Vous pouvez désormais vous connecter avec.',
  serviceGoing: (name) => `Continuer vers ${name}`,
  serviceAway: (name) =>
    `${name} ne répond pas pour l’instant. Connectez-vous autrement, ou réessayez dans quelques minutes.`,
  serviceFaults: {
    other: 'Cela n’a pas fonctionné, et rien n’a changé. Recommencez, ou connectez-vous autrement.',
    access_denied: 'Vous n’avez pas donné votre accord chez {name} : rien n’a changé.',
    account_not_linked:
      'Un compte existe ici avec cette adresse. Connectez-vous avec son mot de passe ou sa clé d’accès, puis reliez {name} sur la page de votre compte.',
    signup_disabled:
      'Aucun compte d’ici n’est relié à celui de {name}. Sur ce serveur, les comptes se font sur invitation ; si vous en avez un, connectez-vous et reliez {name} sur sa page.',
    email_not_found:
      '{name} n’a pas confirmé votre adresse de courriel. Confirmez-la d’abord là-bas, puis revenez.',
    state_mismatch: 'Cette connexion a expiré, ou a commencé dans un autre navigateur. Recommencez.',
    state_not_found: 'Cette connexion a expiré, ou a commencé dans un autre navigateur. Recommencez.',
    unable_to_link_account:
      '{name} n’a pas pu être relié : votre adresse n’y est pas confirmée, ou vous vous êtes déconnecté entre-temps.',
    account_already_linked_to_different_user: 'Ce compte chez {name} est relié à un autre compte d’ici.',
    "email_doesn't_match":
      'L’adresse chez {name} n’est pas celle d’ici. Changez l’une des deux, puis reliez.',
  },
  adopt: 'Ajouter la salle au compte',
  adoptLink: 'Le lien d’hôte d’une salle',
  adoptHint:
    'Pour les salles ouvertes sans compte : collez le lien de son studio. Le lien reste valable ; ici, vous n’en avez plus besoin.',
  adopted: 'La salle est dans votre compte.',
  adoptRefused: {
    other:
      'Ce n’est pas le lien d’un studio, ou il en manque une partie. Copiez-le en entier, avec ce qui suit #token=.',
    'not-host': 'C’est le lien d’un intervenant. Seuls les hôtes ajoutent une salle à leur compte.',
    'token-expired': 'Ce lien a expiré. Demandez un nouveau lien d’hôte à l’exploitant.',
    'link-withdrawn': 'Ce lien a été retiré. Prenez le plus récent.',
    removed: 'L’hôte de cette salle vous en a retiré.',
    banned: 'Vous êtes banni de la scène de cette salle.',
    'room-unknown': 'Cette salle n’existe pas ici, ou a été supprimée.',
  },
  data: 'Vos données',
  exportLead: 'Tout ce qui est gardé sur votre compte, en un fichier JSON.',
  exportLink: 'Télécharger vos données',
  eraseTitle: 'Effacer le compte',
  eraseLead:
    'Nom, adresse, mot de passe, clés d’accès, jetons et connexions sont effacés aussitôt et ne reviennent pas. Une ligne sans contenu reste, pour que d’anciens relevés ne renvoient pas à rien. Les salles et les enregistrements restent au serveur ; leurs pages ne vous nomment plus comme hôte et disent qu’un hôte a effacé son compte.',
  erase: 'Effacer pour toujours',
  erased: 'Votre compte est effacé.',
  lastOperator: 'Vous êtes le seul exploitant : nommez-en d’abord un autre.',
  operateTitle: 'Comptes et invitations',
  operateLink: 'Comptes et invitations de ce serveur',
  serverLink: 'La page de l’exploitant',
  accounts: 'Comptes',
  role: 'Rôle',
  unproved: 'adresse non confirmée',
  invitations: 'Invitations',
  invite: 'Inviter',
  inviteEmail: 'Adresse de courriel (vide : toute personne qui a le lien)',
  inviteLink: 'Voici l’invitation. Elle sert une fois, pendant sept jours :',
  withdraw: 'Retirer',
  usable: (until) => `jusqu’au ${until}`,
  used: 'utilisée',
  mails: 'Courriels en attente',
  mailsLead:
    'Ce qui n’a pas encore pu partir. Vous pouvez transmettre un lien par une autre voie ; il est aussi secret qu’un mot de passe.',
  noMails: 'Aucun courriel n’attend.',
  drop: 'Supprimer',
  operatorsOnly:
    'Cette page est pour les exploitants de ce serveur. Votre compte n’est pas celui d’un exploitant.',
  wrong: 'Cette adresse et ce mot de passe ne correspondent pas.',
  notProved: 'Votre adresse n’est pas encore confirmée. Un nouveau lien y est envoyé.',
  wrongPassword: 'Ce n’est pas votre mot de passe.',
  tooOften: (seconds) =>
    `Trop d’essais pour cette adresse ou depuis votre réseau. Réessayez dans ${seconds} s.`,
  foreign: 'Ceci venait d’une page d’un autre site ; rien n’a été fait.',
  away: 'Les comptes ne répondent pas en ce moment. Les salles continuent, les liens des hôtes et des intervenants aussi. Réessayez dans une minute.',
  broken: (mark) =>
    `Une erreur de notre part empêche d’afficher ou d’enregistrer ceci. L’exploitant de ce serveur la trouve dans le journal sous ${mark} ; dites-le-lui si elle se répète.`,
  unread: 'Le formulaire était trop long ou s’est interrompu. Renvoyez-le.',
  faults: {
    name: 'Prenez un nom de 1 à 60 caractères visibles, chaque mot dans une seule écriture.',
    email: 'Prenez une adresse telle que ana@example.org, sans accents.',
    passwordShort: 'Prenez au moins 10 caractères.',
    passwordLong: 'Prenez au plus 128 caractères.',
    passwordCommon: 'C’est l’un des premiers que tout le monde essaie : prenez-en un autre.',
  },
  mail: {
    confirm: (name, link) => ({
      subject: 'Confirmez votre adresse',
      text: `Bonjour ${name},\n\nconfirmez que cette adresse est la vôtre :\n\n${link}\n\n${HOUR} ${NOT_YOU}\n`,
    }),
    change: (name, link) => ({
      subject: 'Confirmez votre nouvelle adresse',
      text: `Bonjour ${name},\n\nconfirmez que voici la nouvelle adresse de votre compte :\n\n${link}\n\n${HOUR} ${NOT_YOU}\n`,
    }),
    changing: (name, email) => ({
      subject: 'Votre adresse va changer',
      text: `Bonjour ${name},\n\nquelqu’un qui est connecté à votre compte a demandé que son adresse devienne ${email}. Cela se fait quand le lien envoyé à cette adresse est ouvert avec votre mot de passe. Si ce n’était pas vous, changez votre mot de passe maintenant et mettez fin à toutes les autres connexions.\n`,
    }),
    reset: (name, link) => ({
      subject: 'Un nouveau mot de passe',
      text: `Bonjour ${name},\n\nchoisissez un nouveau mot de passe ici :\n\n${link}\n\n${HOUR} ${NOT_YOU}\n`,
    }),
    known: (name, link) => ({
      subject: 'Vous avez déjà un compte',
      text: `Bonjour ${name},\n\nquelqu’un a voulu utiliser cette adresse pour un compte. Vous en avez déjà un :\n\n${link}\n\nSi ce n’était pas vous, ne faites rien.\n`,
    }),
    invitation: (role, link) => ({
      subject: 'Vous êtes invité',
      text: `Bonjour,\n\nvous êtes invité sur un serveur de salles audio en direct en tant que ${roles[role]} :\n\n${link}\n\nLe lien sert une fois, pendant sept jours.\n`,
    }),
    roomInvitation: ({ name, inviter, title, role, link }) => ({
      subject: `Invitation : ${title}`,
      text: `Bonjour ${name},\n\n${inviter || 'un hôte'} vous invite ${invitedAs[role]} dans la salle « ${title} ». Acceptez ou refusez sur la page de votre compte, dans les 30 jours :\n\n${link}\n`,
    }),
    roomNews({ name, title, kind, reason, start, zone, link }) {
      const said = {
        moved: `la salle « ${title} » a un nouvel horaire.`,
        late: `la salle « ${title} » commence en retard : ${reason}`,
        cancelled: `la salle « ${title} » est annulée${reason === undefined ? '.' : ` : ${reason}`}`,
      };
      const when = `${kind === 'moved' ? 'Elle commence' : 'Annoncée pour'} : ${timeInZone(start ?? 0, zone, 'fr', 'date')}`;
      const parts = [
        `Bonjour ${name},`,
        said[kind],
        ...(start === undefined ? [] : [when]),
        ...(link ? [link] : []),
      ];
      return { subject: `${news[kind]} : ${title}`, text: `${parts.join('\n\n')}\n` };
    },
  },
};
