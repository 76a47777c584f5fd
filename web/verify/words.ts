/**
 * The texts of the page in one language. `says`: the verifier's sentences by their code; English uses the verifier's
 * own.
 */
export interface VerifyWords {
  readonly locale: 'en' | 'fr';
  /** The name of the other language, in that language. */
  readonly other: string;
  readonly title: string;
  readonly lead: string;
  /** Where there is a bundle to try it with. */
  readonly example: string;
  readonly choose: string;
  readonly drop: string;
  readonly paste: string;
  readonly pasteLabel: string;
  readonly check: string;
  readonly compare: string;
  readonly compareLead: string;
  readonly seen: string;
  readonly key: string;
  readonly ready: string;
  checking(percent: number): string;
  readonly holds: string;
  readonly fails: string;
  readonly unjudged: string;
  findings(count: number): string;
  entry(leaf: number): string;
  line(line: number): string;
  more(count: number): string;
  readonly notes: string;
  readonly room: string;
  readonly entries: string;
  readonly figures: string;
  span(from: string, to: string): string;
  readonly checkpoint: string;
  size(entries: number, root: string): string;
  readonly log: string;
  readonly witnesses: string;
  readonly noWitness: string;
  saw(name: string, size: number, when: string): string;
  readonly limitsTitle: string;
  readonly limits: readonly string[];
  readonly aboutTitle: string;
  readonly about: string;
  readonly hash: string;
  readonly download: string;
  readonly failed: string;
  readonly says: Readonly<Record<string, string>> | undefined;
}

const count = (value: number, locale: string): string => value.toLocaleString(locale);

const english: VerifyWords = {
  locale: 'en',
  other: 'Français',
  title: 'Check the figures of a room',
  lead: 'A bundle is a file with everything that was written down about a room’s audience, and the proof of it. It is checked here, in your browser. Nothing is sent anywhere: this page is not allowed to send anything.',
  example: 'A bundle to try: an evening like that of August 2024',
  choose: 'Choose a bundle',
  drop: 'or drop the file on this page',
  paste: 'Paste it instead',
  pasteLabel: 'The text of the bundle',
  check: 'Check',
  compare: 'Compare with something that you have kept',
  compareLead:
    'A bundle cannot show by itself that its end is missing, or that the log told somebody else another history. A checkpoint that you or a witness kept can.',
  seen: 'A checkpoint of the same log',
  key: 'The log’s key, if you know it',
  ready: 'No bundle has been chosen yet.',
  checking: (percent) => `Checking: ${percent} %`,
  holds: 'Everything holds.',
  fails: 'This does not hold.',
  unjudged: 'This cannot be judged.',
  findings: (number) => (number === 1 ? 'One thing was found:' : `${count(number, 'en')} things were found:`),
  entry: (leaf) => `Entry ${count(leaf, 'en')}`,
  line: (line) => `Line ${count(line, 'en')}`,
  more: (number) => `and ${count(number, 'en')} more`,
  notes: 'Not wrong, but good to know',
  room: 'Room',
  entries: 'Entries of this room',
  figures: 'Figures',
  span: (from, to) => `from ${from} to ${to}`,
  checkpoint: 'Last checkpoint',
  size: (entries, root) => `${count(entries, 'en')} entries, root ${root}`,
  log: 'The log’s keys: compare them with those that you know',
  witnesses: 'Witnesses who signed too',
  noWitness: 'None. A second history would show only beside a checkpoint that somebody kept.',
  saw: (name, size, when) => `${name} saw ${count(size, 'en')} entries on ${when}`,
  limitsTitle: 'What this does not prove',
  limits: [
    'A signature shows that nothing was changed later. It does not show that it was true when it was written.',
    'Whoever runs the log could have written invented listeners from the start. They are bounded only by two counts that must agree: what the server sent (s), and what players proved (c).',
    'That the key belongs to who you think: compare it with a place that you trust.',
    'That there are no later entries, unless the room is closed.',
  ],
  aboutTitle: 'Why you need not trust this page',
  about:
    'One file does the checking. It is short, it needs nothing else, and the same file runs in the command line. Save this page and it works without a network; or read the file, and compare its hash with the one in the documentation.',
  hash: 'SHA-256 of verifier.js in this page:',
  download: 'Save verifier.js',
  failed: 'The file could not be read to its end. Choose it again.',
  says: undefined,
};

const french: VerifyWords = {
  locale: 'fr',
  other: 'English',
  title: 'Vérifier les chiffres d’une salle',
  lead: 'Un dossier de preuves est un fichier qui contient tout ce qui a été noté sur l’audience d’une salle, avec la preuve. Il est vérifié ici, dans votre navigateur. Rien n’est envoyé : cette page n’a pas le droit d’envoyer quoi que ce soit.',
  example: 'Un dossier pour essayer : une soirée comme celle d’août 2024',
  choose: 'Choisir un fichier',
  drop: 'ou déposez-le sur cette page',
  paste: 'Le coller plutôt',
  pasteLabel: 'Le texte du fichier',
  check: 'Vérifier',
  compare: 'Comparer avec ce que vous avez gardé',
  compareLead:
    'À lui seul, un fichier ne peut pas montrer que sa fin manque, ni que le journal a raconté autre chose à quelqu’un d’autre. Un point de contrôle gardé par vous ou par un témoin le peut.',
  seen: 'Un point de contrôle du même journal',
  key: 'La clé du journal, si vous la connaissez',
  ready: 'Aucun fichier n’est encore choisi.',
  checking: (percent) => `Vérification : ${percent} %`,
  holds: 'Tout est en ordre.',
  fails: 'Quelque chose n’est pas en ordre.',
  unjudged: 'Ce fichier ne peut pas être jugé.',
  findings: (number) =>
    number === 1 ? 'Voici ce qui ne va pas :' : `${count(number, 'fr')} choses ne vont pas :`,
  entry: (leaf) => `Entrée ${count(leaf, 'fr')}`,
  line: (line) => `Ligne ${count(line, 'fr')}`,
  more: (number) => `et ${count(number, 'fr')} autres`,
  notes: 'Pas faux, mais bon à savoir',
  room: 'Salle',
  entries: 'Entrées de cette salle',
  figures: 'Chiffres',
  span: (from, to) => `du ${from} au ${to}`,
  checkpoint: 'Dernier point de contrôle',
  size: (entries, root) => `${count(entries, 'fr')} entrées, racine ${root}`,
  log: 'Les clés du journal : comparez-les avec celles que vous connaissez',
  witnesses: 'Témoins qui ont signé aussi',
  noWitness: 'Aucun. Une seconde histoire ne se verrait qu’à côté d’un point de contrôle gardé ailleurs.',
  saw: (name, size, when) => `${name} a vu ${count(size, 'fr')} entrées le ${when}`,
  limitsTitle: 'Ce que cela ne prouve pas',
  limits: [
    'Une signature montre que rien n’a été changé après coup. Elle ne montre pas que c’était vrai au moment de l’écrire.',
    'Qui tient le journal aurait pu y écrire dès le début des auditeurs inventés. Deux comptes qui doivent concorder sont la seule limite : ce que le serveur a envoyé (s), et ce que les lecteurs ont prouvé (c).',
    'Que la clé appartient à qui vous croyez : comparez-la avec un endroit de confiance.',
    'Qu’il n’y a pas d’entrées plus récentes, sauf si la salle est close.',
  ],
  aboutTitle: 'Pourquoi il ne faut pas croire cette page sur parole',
  about:
    'Un seul fichier fait toute la vérification. Il est court, n’a besoin de rien d’autre, et la ligne de commande utilise le même. Enregistrez cette page : elle marche sans réseau. Ou lisez le fichier, et comparez son empreinte avec celle de la documentation.',
  hash: 'SHA-256 de verifier.js dans cette page :',
  download: 'Enregistrer verifier.js',
  failed: 'Le fichier n’a pas pu être lu jusqu’au bout. Choisissez-le de nouveau.',
  says: {
    empty: 'Le fichier est vide.',
    'not-a-bundle': 'Ce n’est pas un dossier de preuves d’Earshot : sa première ligne ne le dit pas.',
    'line-ends':
      'Ses fins de ligne ont été changées (CR LF), ou une marque mise devant : prenez le fichier tel qu’il a été téléchargé.',
    newer: 'Cela vient d’une version plus récente d’Earshot : il faut un vérificateur plus récent.',
    'long-line':
      'Une ligne dépasse un mébioctet. Aucun dossier n’en a de telles ; celui-ci n’est pas lu plus loin.',
    'no-ed25519':
      'Les signatures Ed25519 ne peuvent pas être vérifiées ici : il faut un navigateur plus récent, et https ou une page enregistrée.',
    'not-a-checkpoint':
      'Le point de contrôle donné n’en est pas un : il faut trois lignes, une ligne vide et des signatures.',
    'not-utf8': 'Cette ligne n’est pas en UTF-8 : des octets ont été changés.',
    'not-json': 'Cette ligne n’est pas entière : elle a été changée, ou le fichier a été coupé.',
    'not-canonical':
      'Ce n’est pas écrit comme le journal écrit (JSON canonique) : cela a été changé, ou écrit de nouveau.',
    shape: 'Une partie manque, ou n’est pas ce qu’elle doit être : cela a été changé.',
    order: 'Cela n’a pas sa place après ce qui précède : des lignes ont été déplacées, doublées ou ajoutées.',
    'unknown-log':
      'Aucune de ses clés n’est celle que vous connaissez : c’est peut-être le dossier d’un autre journal.',
    'no-checkpoint':
      'Il n’y a pas de point de contrôle signé à la fin : rien ne montre que les entrées étaient dans le journal.',
    'not-in-log':
      'Le journal n’a pas cette entrée sous cette forme et à cette place : l’entrée, son numéro ou sa preuve a changé.',
    'too-new':
      'Elle est plus récente que le dernier point de contrôle : rien ne montre qu’elle était dans le journal.',
    definitions:
      'Elle nomme d’autres définitions que celles du journal : les chiffres voudraient dire autre chose.',
    'other-room': 'Elle appartient à une autre salle, {room}.',
    sequence:
      'Elle porte le numéro {seq} de la salle là où {due} est attendu : des entrées ont été ôtées, doublées ou déplacées.',
    chain: 'Elle ne suit pas l’entrée précédente de la salle : l’une des deux a été changée ou échangée.',
    corrects: 'Elle corrige une entrée qui ne la précède pas, ou lui répond.',
    minutes: 'Sa minute ne vient pas après celle de l’entrée précédente.',
    samples: 'Elle a un relevé à {at} s, hors d’ordre ou hors de sa minute.',
    more: '{what} vaut {a} : plus que {than}, qui vaut {b}.',
    unequal: '{what} vaut {a}, mais {than} vaut {b}.',
    fell: '{what} a baissé, de {a} à {b}.',
    difference: '{what} vaut {a} ici et valait {b} en direct : ce n’est pas expliqué comme il se doit.',
    rotation:
      'Les clés de l’en-tête et du journal ne sont pas les mêmes, ou l’ancienne n’a pas signé la nouvelle.',
    'other-log': 'Le point de contrôle de {size} entrées est d’un autre journal.',
    unsigned:
      'Le point de contrôle de {size} entrées n’est pas signé par la clé de son temps : il a été changé ou inventé.',
    fork: 'Deux points de contrôle de {size} entrées diffèrent : le journal a montré deux histoires.',
    inconsistent:
      'De {before} à {size} entrées, le journal n’a pas seulement été prolongé ; ou un point de contrôle manque.',
    cosignature: 'La signature du témoin {name} sous {size} entrées n’est pas bonne.',
    'no-seal': 'Le sceau manque à la fin : le fichier a été coupé.',
    seal: 'Le sceau n’est pas celui des lignes qui précèdent : l’une d’elles a été changée, ajoutée ou ôtée.',
    'seen-unsigned':
      'Aucune clé de ce dossier n’a signé le point de contrôle à comparer : il est d’un autre journal.',
    'seen-fork': 'Quand le point de contrôle à comparer a été fait, le journal avait une autre histoire.',
    'seen-tail':
      'Le point de contrôle à comparer a {more} entrées de plus : la fin a été coupée, ou le dossier est plus ancien.',
    'seen-unknown': 'Le point de contrôle à comparer, de {size} entrées, n’est aucun de ceux de ce dossier.',
    'more-findings': 'Il y en a plus qu’il n’en est dit ici.',
    'unknown-member': '« {name} » ne dit rien à ce vérificateur : il ne l’a pas regardé.',
    'unknown-signer':
      '{name} a signé aussi, avec une clé que le dossier ne nomme pas : ce n’est pas vérifié.',
    open: 'La salle n’est pas close dans ce dossier : il peut y avoir des entrées plus récentes.',
  },
};

/** The page's texts by language. */
export const WORDS: Readonly<Record<'en' | 'fr', VerifyWords>> = { en: english, fr: french };

/** A sentence of the verifier, in the language of `words`. */
export function sentenceOf(
  words: VerifyWords,
  told: {
    readonly code: string;
    readonly values: Readonly<Record<string, string | number>>;
    readonly reason: string;
  },
): string {
  const text = words.says?.[told.code];
  return text === undefined
    ? told.reason
    : text.replace(/\{(\w+)\}/g, (_, name) => String(told.values[name]));
}
