import type { ImageRefusal } from '../../image/index.ts';

/** What pages say about images. */
export interface ImageWords {
  readonly add: string;
  addHint(most: number): string;
  alt(number: number | string): string;
  readonly altHint: string;
  readonly leaveOut: string;
  readonly describe: string;
  /** On the button that shows a description. */
  readonly altButton: string;
  readonly altOf: string;
  readonly undescribed: string;
  readonly staysInHistory: string;
  count(many: number): string;
  /** What scripts say; `{n}` is a number, `{name}` what a file is called. */
  readonly script: Readonly<Record<ImageScriptWord, string>>;
  readonly avatar: string;
  readonly avatarHint: string;
  readonly avatarUse: string;
  readonly avatarOff: string;
  readonly avatarMissing: string;
  readonly refused: Readonly<Record<ImageRefusal, string>>;
}

/** Names of what scripts say while images are chosen and sent. */
type ImageScriptWord =
  | 'sending'
  | 'shrinking'
  | 'making'
  | 'ready'
  | 'image'
  | 'up'
  | 'down'
  | 'takeOut'
  | 'moved'
  | 'out'
  | 'twice'
  | 'most'
  | 'again'
  | 'wait'
  | 'notSent'
  | 'lost'
  | 'slow'
  | 'offline'
  | 'signedOut';

/** English. */
export const imageEnglish: ImageWords = {
  add: 'Images',
  addHint: (most) =>
    `Up to ${most}: JPEG, PNG or WebP, 8 MB each. What a camera writes into a file, such as where it was taken, is removed.`,
  alt: (number) => `What is to be seen on image ${number}`,
  altHint: 'Read aloud to people who cannot see it; at most 1,000 characters.',
  leaveOut: 'Leave this image out',
  describe:
    'Nothing has been posted yet. Say below what is to be seen on each image, for people who cannot see it, and send it again. You may also send it as it is.',
  altButton: 'ALT',
  altOf: 'Description of the image',
  undescribed: 'Image without a description: open it',
  staysInHistory:
    'An image that you leave out stays in the history of the post, and goes when the post is deleted.',
  count: (many) => (many === 1 ? '1 image' : `${many} images`),
  script: {
    sending: 'Sending {name}',
    shrinking: 'It is being made smaller before it is sent.',
    making: 'It has arrived, and is being made smaller here.',
    ready: 'Image {n} is there. Say what is to be seen on it.',
    image: 'image {n}',
    up: 'Move up',
    down: 'Move down',
    takeOut: 'Take out',
    moved: 'It is image {n} now.',
    out: 'The image was taken out.',
    twice: 'This image is in the post already.',
    most: 'A post has at most 4 images; {n} of those you chose were left out.',
    again: 'Try again',
    wait: 'An image is still on its way. The post goes as soon as it is there.',
    notSent: 'An image was not sent, so nothing was posted. Send the image again or take it out, then post.',
    lost: 'The connection broke off, and the image did not arrive. Your text is still here. Try again.',
    slow: 'The image arrived too slowly. Try again, or take a smaller one.',
    offline:
      'The server cannot be reached. Nothing was posted, and your text is still here. Try again in a moment.',
    signedOut: 'You are signed out. Sign in in another tab, then try again here.',
  },
  avatar: 'Your picture',
  avatarHint: 'JPEG, PNG or WebP, at most 8 MB. The middle of it is shown, as a square.',
  avatarUse: 'Show this picture',
  avatarOff: 'Take the picture away',
  avatarMissing: 'Choose a file first.',
  refused: {
    empty: 'This file is empty.',
    'no-image': 'This file is not an image that can be read here. Send a JPEG, PNG or WebP file.',
    gif: 'Moving pictures are not shown here. Send the image as PNG or JPEG.',
    'other-format': 'Images in this format are not read here. Send the image as JPEG, PNG or WebP.',
    broken: 'This image is damaged or incomplete. Open and save it once more, or send another.',
    'too-many-pixels':
      'This image is too large to be read: 25 megapixels at most, and 20,000 pixels on a side.',
    'too-hard': 'Reading this image took too long. Send a smaller one.',
    undone: 'Images cannot be read right now. Try again in a minute; the operator can see why in the log.',
    'too-large': 'An image may have at most 8 MB. Send a smaller one.',
    'too-slow': 'The image arrived too slowly. Send it again, or a smaller one.',
    'broken-off': 'The image broke off on its way. Send it again.',
    busy: 'Many images are being sent right now. Try again in a minute.',
    'account-full':
      'Limit reached: your images take all the space one account has here. Delete posts with images that you no longer need.',
    'server-full': 'This server has no more room for images. Its operator can make some.',
    'disk-full': 'The disk of this server is full, so the image was not kept. Tell its operator.',
  },
};

/** French. */
export const imageFrench: ImageWords = {
  add: 'Images',
  addHint: (most) =>
    `${most} au plus : JPEG, PNG ou WebP, 8 Mo chacune. Ce qu’un appareil inscrit dans le fichier, comme le lieu de la prise de vue, est retiré.`,
  alt: (number) => `Ce que l’on voit sur l’image ${number}`,
  altHint: 'Lu à voix haute aux personnes qui ne la voient pas ; 1 000 caractères au plus.',
  leaveOut: 'Ne pas mettre cette image',
  describe:
    'Rien n’est publié pour l’instant. Dites ci-dessous ce que l’on voit sur chaque image, pour les personnes qui ne la voient pas, puis renvoyez. Vous pouvez aussi l’envoyer telle quelle.',
  altButton: 'ALT',
  altOf: 'Description de l’image',
  undescribed: 'Image sans description : l’ouvrir',
  staysInHistory:
    'Une image que vous retirez reste dans l’historique de la publication et disparaît avec elle quand elle est supprimée.',
  count: (many) => (many <= 1 ? `${many} image` : `${many} images`),
  script: {
    sending: 'Envoi de {name}',
    shrinking: 'Elle est réduite avant l’envoi.',
    making: 'Elle est arrivée, et on la réduit ici.',
    ready: 'L’image {n} est là. Dites ce que l’on y voit.',
    image: 'image {n}',
    up: 'Monter',
    down: 'Descendre',
    takeOut: 'Retirer',
    moved: 'C’est maintenant l’image {n}.',
    out: 'L’image a été retirée.',
    twice: 'Cette image est déjà dans la publication.',
    most: 'Une publication a 4 images au plus ; {n} de celles que vous avez choisies ont été laissées.',
    again: 'Réessayer',
    wait: 'Une image est encore en chemin. La publication part dès qu’elle est là.',
    notSent: 'Une image n’a pas été envoyée : rien n’est publié. Renvoyez-la ou retirez-la, puis publiez.',
    lost: 'La connexion s’est interrompue et l’image n’est pas arrivée. Votre texte est toujours là. Réessayez.',
    slow: 'L’image est arrivée trop lentement. Réessayez, ou prenez-en une plus petite.',
    offline:
      'Le serveur ne répond pas. Rien n’est publié, et votre texte est toujours là. Réessayez dans un instant.',
    signedOut: 'Vous êtes déconnecté. Connectez-vous dans un autre onglet, puis réessayez ici.',
  },
  avatar: 'Votre photo',
  avatarHint: 'JPEG, PNG ou WebP, 8 Mo au plus. On en montre le milieu, en carré.',
  avatarUse: 'Montrer cette photo',
  avatarOff: 'Retirer la photo',
  avatarMissing: 'Choisissez d’abord un fichier.',
  refused: {
    empty: 'Ce fichier est vide.',
    'no-image': 'Ce fichier n’est pas une image lisible ici. Envoyez un fichier JPEG, PNG ou WebP.',
    gif: 'Les images animées ne sont pas montrées ici. Envoyez l’image en PNG ou en JPEG.',
    'other-format': 'Les images de ce format ne sont pas lues ici. Envoyez l’image en JPEG, PNG ou WebP.',
    broken:
      'Cette image est abîmée ou incomplète. Ouvrez-la et enregistrez-la de nouveau, ou envoyez-en une autre.',
    'too-many-pixels':
      'Cette image est trop grande pour être lue : 25 mégapixels au plus, et 20 000 pixels de côté.',
    'too-hard': 'La lecture de cette image a pris trop de temps. Envoyez-en une plus petite.',
    undone:
      'Les images ne peuvent pas être lues en ce moment. Réessayez dans une minute ; le journal en dit la cause à l’exploitant.',
    'too-large': 'Une image peut avoir 8 Mo au plus. Envoyez-en une plus petite.',
    'too-slow': 'L’image est arrivée trop lentement. Renvoyez-la, ou une plus petite.',
    'broken-off': 'L’image s’est interrompue en chemin. Renvoyez-la.',
    busy: 'Beaucoup d’images sont envoyées en ce moment. Réessayez dans une minute.',
    'account-full':
      'Limite atteinte : vos images prennent toute la place qu’un compte a ici. Supprimez des publications avec images dont vous n’avez plus besoin.',
    'server-full': 'Ce serveur n’a plus de place pour des images. Son exploitant peut en faire.',
    'disk-full': 'Le disque de ce serveur est plein : l’image n’a pas été gardée. Dites-le à son exploitant.',
  },
};
