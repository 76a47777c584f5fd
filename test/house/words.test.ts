import { parseAst } from 'rolldown/parseAst';
import { expect, test } from 'vitest';
import { files, imports, isTest, type Source } from './tree.ts';

/** Words that belong to one part, each with the folders that may name things by them. */
const OWNERS: readonly { readonly words: readonly string[]; readonly folders: readonly string[] }[] = [
  { words: ['record', 'entry', 'checkpoint'], folders: ['evidence', 'journal', 'verify'] },
  // The answer to a claim is a verdict as well.
  { words: ['verdict', 'incident'], folders: ['verdict', 'incident', 'claims', 'pages'] },
  { words: ['claim', 'dispute'], folders: ['claims'] },
  { words: ['session', 'proof', 'beacon', 'tally', 'peak', 'play'], folders: ['audience', 'numbers'] },
  { words: ['report'], folders: ['rehearsal', 'numbers'] },
];

/** Names that a specification gave to something else, and that are spelled so that nobody takes it for ours. */
const SPECIFIED: readonly RegExp[] = [
  // Sessions of WHIP and WHEP. Spec: RFC 9725, 4.
  /^(src\/stage|web\/capture)\/.*session/i,
  // Spec: RFC 8446, 5.1.
  / (TlsRecord|tls-record)/,
  // Reports of RTCP. Spec: RFC 3550, 6.4.
  /^src\/stage\/rtp\/rtcp\.ts (receiverReport|senderReport|ReportBlock)$/,
  // Inclusion and consistency proofs. Spec: RFC 9162, 2.1.3, 2.1.4.
  /^src\/evidence\/tree\/proofs\.ts /,
  // Reports of abuse. Spec: Regulation (EU) 2022/2065, 16 (notice and action).
  /^src\/(moderation|store\/tables\/moderation|wire\/moderation)\b.*report/i,
  /^src\/moderation\/requests\.ts (NEW_REPORT|REPORT_CHOICE)$/,
  // Spec: ITU-R BS.1770-5, annex 2.
  /^src\/mixer\/true-peak\.ts /,
];

/** A statement of a module, as far as it is looked at here. */
interface Statement {
  readonly type: string;
  readonly declaration?: {
    readonly id?: { readonly name: string };
    readonly declarations?: readonly { readonly id: { readonly name?: string } }[];
  } | null;
}

/** Everything that a source declares and exports. */
function exportedNames({ path, text }: Source): string[] {
  const { body } = parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' });
  return (body as unknown as readonly Statement[]).flatMap(({ type, declaration }) => {
    if (type !== 'ExportNamedDeclaration' || !declaration) return [];
    const ids = declaration.declarations?.map(({ id }) => id.name) ?? [declaration.id?.name];
    return ids.filter((name) => name !== undefined);
  });
}

/** The words of a name: `TlsRecordSealer`, `MAX_PLAYS` and `tls-record-sealer` in lower case and singular. */
const wordsIn = (name: string): string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[ _.-]/)
    .map((word) =>
      word
        .toLowerCase()
        .replace(/ies$/, 'y')
        .replace(/(?<=[^s])s$/, ''),
    );

/** True for the command and the process of a part, which are called by its word: `cli/claim.ts`, `role/tally.ts`. */
const opens = (path: string, words: readonly string[]): boolean =>
  words.some((word) => new RegExp(`^src/(cli|role(/door)?)/${word}s?(/|\\.ts$|-)`).test(path));

/**
 * Uses of reserved words outside the folders of their owners, as `file name`. What travels is named by its owner, and so
 * is the station of the door that works for it.
 */
function borrowed(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const [, part = '', station = ''] = source.path.split('/');
    const folder = part === 'door' && station === 'audience' ? station : part;
    const file =
      source.path
        .split('/')
        .at(-1)
        ?.replace(/\.tsx?$/, '') ?? '';
    const others = OWNERS.filter(
      ({ words, folders }) => folder !== 'wire' && !folders.includes(folder) && !opens(source.path, words),
    );
    const reserved = new Set(others.flatMap(({ words }) => words));
    return [file, ...exportedNames(source)]
      .filter((name) => wordsIn(name).some((word) => reserved.has(word)))
      .map((name) => `${source.path} ${name}`);
  });
}

/** Reserved words that nobody needs in another sense, so that members and locals must not be called by them either. */
const STRICT: ReadonlySet<string> = new Set(
  'checkpoint verdict incident dispute claim proof beacon tally'.split(' '),
);
/** Parts that join the others call things by the words of those. */
const JOINTS: ReadonlySet<string> = new Set(['role', 'cli', 'main', 'roles']);
/** Members and locals that a specification named, or that stand for the role `tally`. */
const MEMBERS: readonly RegExp[] = [
  // The socket of the role, beside those of the others.
  /^src\/door\/\S+ tally$/,
];

interface Node {
  readonly type?: string;
  readonly name?: string;
  readonly [member: string]: unknown;
}
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** The names in what is declared: `a`, `{ a, b: c }`, `[a, ...b]`, `a = 1`. */
function namesIn(pattern: unknown): string[] {
  if (Array.isArray(pattern)) return pattern.flatMap(namesIn);
  if (!isNode(pattern)) return [];
  if (pattern.type === 'Identifier') return [String(pattern.name)];
  const { properties, elements, value, left, argument, parameter } = pattern;
  return [properties, elements, value, left, argument, parameter].flatMap(namesIn);
}

/** Every member, parameter, variable and local that a source declares. */
function declaredNames({ path, text }: Source): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    if (!isNode(value) || Array.isArray(value)) return;
    const { type = '', id, key, params } = value;
    if (type === 'VariableDeclarator') for (const name of namesIn(id)) names.add(name);
    if (/Function/.test(type)) for (const name of namesIn(params)) names.add(name);
    if (/^(?:TS)?(?:Property|Method)(?:Signature|Definition)$/.test(type) && isNode(key))
      names.add(String(key.name));
    for (const each of Object.values(value)) visit(each);
  };
  visit(parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }).body);
  return names;
}

/** Strict words that members and locals borrow, as `file name`. Whoever imports from the owner speaks of the same thing. */
function borrowedInside(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const [, part = ''] = source.path.split('/');
    if (part === 'wire' || JOINTS.has(part.replace(/\.ts$/, ''))) return [];
    const known = [source.path, ...imports(source).map(({ target }) => target)].flatMap((path) =>
      path.split('/'),
    );
    const reserved = OWNERS.filter(({ words, folders }) => {
      const spoken = known.some(
        (name) => folders.includes(name) || wordsIn(name).some((word) => words.includes(word)),
      );
      return !spoken;
    }).flatMap(({ words }) => words.filter((word) => STRICT.has(word)));
    return [...declaredNames(source)]
      .filter((name) => wordsIn(name).some((word) => reserved.includes(word)))
      .map((name) => `${source.path} ${name}`);
  });
}

const product = files(['src', 'web'], /\.tsx?$/).filter(({ path }) => !isTest(path));
const uses = borrowed(product);
const usesInside = borrowedInside(product);

test('a reserved word is used by its owner alone', () => {
  expect(uses.filter((use) => !SPECIFIED.some((name) => name.test(use)))).toEqual([]);
});

test('members and locals are not called by words that nobody needs in another sense', () => {
  expect(usesInside.filter((use) => !MEMBERS.some((name) => name.test(use)))).toEqual([]);
});

test('every exception still stands for something', () => {
  expect(SPECIFIED.filter((name) => !uses.some((use) => name.test(use)))).toEqual([]);
  expect(MEMBERS.filter((name) => !usesInside.some((use) => name.test(use)))).toEqual([]);
});

test('a borrowed word is found in members, parameters, variables and what is taken apart', () => {
  const text = `
export interface Step { readonly verdict: string; claims(): void }
class Gate { #proof = 1; tally() {} }
const { beacon: [incident] } = x;
const f = ({ dispute = 1 }, ...checkpoints) => { let fine = 1; return fine; };`;
  expect(borrowedInside([{ path: 'src/door/gate.ts', text }]).toSorted()).toEqual(
    ['#proof', 'checkpoints', 'claims', 'dispute', 'incident', 'tally', 'verdict']
      .map((name) => `src/door/gate.ts ${name.replace('#', '')}`)
      .toSorted(),
  );
  const owned = `import { readBeacon } from '../wire/listening/beacon.ts';\nconst beacon = readBeacon('');`;
  expect(borrowedInside([{ path: 'src/door/gate.ts', text: owned }])).toEqual([]);
});

test('a borrowed word is found in names of files, types, functions and constants', () => {
  const text =
    'export const MAX_PLAYS = 1; export interface StepRecord {} export function checkProof() {} export class Display {}';
  expect(borrowed([{ path: 'src/door/mute-report.ts', text }])).toEqual(
    ['mute-report', 'MAX_PLAYS', 'StepRecord', 'checkProof'].map((name) => `src/door/mute-report.ts ${name}`),
  );
  expect(borrowed([{ path: 'src/audience/plays.ts', text: 'export const MAX_PLAYS = 1;' }])).toEqual([]);
});

test('French texts have one word for a mail', () => {
  const said = files(['src', 'web'], /\.tsx?$/).flatMap(({ path, text }) =>
    [...text.matchAll(/(?:adresse|par|un|des|les|[ld]’) ?e-mails?\b/gi)].map(([word]) => `${path}: ${word}`),
  );
  expect(said).toEqual([]);
});
