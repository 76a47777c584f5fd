/**
 * Counts branches. Covered sources get a counter at the beginning of every function, branch, case and loop when Node
 * loads them, and their literals are noted as words for the search. Types stay: Node strips them afterwards.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';
import { root } from '../../house/tree.ts';

/** Room for counters; a target covers far fewer branches. */
const MOST_COUNTERS = 1 << 16;
const LONGEST_WORD = 64;
/** Texts that covered code compared with others; the oldest are overwritten. */
const MOST_COMPARED = 256;

/** What the covered code tells while it runs. */
export interface Trace {
  /** How often each branch was taken since the counters were last set to 0, modulo 256. */
  readonly counters: Uint8Array;
  /** How many of `counters` are in use. */
  readonly used: () => number;
  /** Literals of the covered sources. */
  readonly words: ReadonlySet<string>;
  /** Texts that were compared with others and differed, lately. */
  readonly compared: readonly string[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { start?: unknown }).start === 'number';

/** Types and imports: nothing in them runs. */
const SILENT = /^(?:TS(?!(?:As|Satisfies|NonNull)Expression$)|Import|ExportAll)/;
const FUNCTION = /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;
const LOOP = /^(?:For|ForIn|ForOf|While|DoWhile)Statement$/;

/** Texts of a regular expression that it matches as they stand. */
const RUNS = /(?:[\w:=,;/ "'<>-]|\\[./+])+/g;

/** A source with counters; the first of them has the number `first`. */
export function instrumented(
  source: string,
  first: number,
  tsx = false,
): { readonly text: string; readonly counters: number; readonly words: readonly string[] } {
  const words = new Set<string>();
  let counters = 0;
  const count = (): string => `$fuzz[${first + counters++}]++`;
  const note = (word: string): void => {
    if (word.length > 0 && word.length <= LONGEST_WORD) words.add(word);
  };

  const expression = (node: Node): string => `(${count()},${write(node)})`;
  const statement = (node: Node): string => {
    const counted = `${count()};`;
    const text = write(node);
    return source[node.start] === '{' ? `{${counted}${text.slice(1)}` : `{${counted}${text}}`;
  };
  /** How some children of a node are written; all others stay as they are. */
  const rules = (node: Node): Map<unknown, (child: Node) => string> => {
    const special = new Map<unknown, (child: Node) => string>();
    if (FUNCTION.test(node.type)) {
      const body = node.body as Node | null;
      if (body) special.set(body, source[body.start] === '{' ? statement : expression);
      if (body?.type === 'ObjectExpression') special.set(body, expression);
    } else if (LOOP.test(node.type) || node.type === 'CatchClause') special.set(node.body, statement);
    else if (node.type === 'IfStatement') {
      special.set(node.consequent, (child) =>
        node.alternate ? statement(child) : `${statement(child)} else ${count()};`,
      );
      special.set(node.alternate, statement);
    } else if (node.type === 'SwitchCase') {
      const [begin] = node.consequent as Node[];
      if (begin) special.set(begin, (child) => `${count()};${write(child)}`);
    } else if (node.type === 'ConditionalExpression') {
      special.set(node.consequent, expression);
      special.set(node.alternate, expression);
    } else if (node.type === 'LogicalExpression') special.set(node.right, expression);
    return special;
  };
  const write = (node: Node): string => {
    if (SILENT.test(node.type)) return source.slice(node.start, node.end);
    if (node.type === 'Literal') literal(node);
    if (node.type === 'TemplateElement') note(String((node.value as { cooked?: string }).cooked ?? ''));
    if (compares(node)) {
      const not = node.operator === '!==' ? '!' : '';
      return `(${not}$fuzzSame(${write(node.left as Node)},${write(node.right as Node)}))`;
    }
    const special = rules(node);
    let text = '';
    let at = node.start;
    for (const child of childrenOf(node)) {
      // A shorthand property is its key and its value at one place.
      if (child.start < at) continue;
      text += source.slice(at, child.start) + (special.get(child) ?? write)(child);
      at = child.end;
    }
    return text + source.slice(at, node.end);
  };
  const literal = (node: Node): void => {
    const { value, regex } = node as { value?: unknown; regex?: { pattern: string } };
    if (typeof value === 'string' || typeof value === 'number') note(String(value));
    for (const run of regex?.pattern.match(RUNS) ?? []) note(run.replaceAll('\\', ''));
  };

  const program = parseAst(source, { lang: tsx ? 'tsx' : 'ts' }) as unknown as Node;
  const text = write({ ...program, start: 0, end: source.length });
  return { text, counters, words: [...words] };
}

function childrenOf(node: Node): Node[] {
  const children = Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return children.filter(isNode).sort((a, b) => a.start - b.start || b.end - a.end);
}

/** A comparison of two things that are not written in the source: what differs there is worth trying as input. */
function compares(node: Node): boolean {
  if (node.type !== 'BinaryExpression' || !/^[!=]==$/.test(String(node.operator))) return false;
  const known = ({ type, name }: Node): boolean =>
    /^(?:Literal|UnaryExpression|PrivateIdentifier)$/.test(type) || name === 'undefined';
  return !known(node.left as Node) && !known(node.right as Node);
}

/** Instruments every file of the project that is loaded from now on and begins with one of `covers`. */
export function trace(covers: readonly string[]): Trace {
  const counters = new Uint8Array(MOST_COUNTERS);
  const words = new Set<string>();
  const compared: string[] = [];
  let used = 0;
  let next = 0;
  const same = (a: unknown, b: unknown): boolean => {
    if (a === b) return true;
    if (typeof a !== 'string' || typeof b !== 'string') return false;
    for (const text of [a, b]) {
      if (text.length === 0 || text.length > LONGEST_WORD) continue;
      compared[next] = text;
      next = (next + 1) % MOST_COMPARED;
    }
    return false;
  };
  Object.assign(globalThis, { $fuzz: counters, $fuzzSame: same });
  registerHooks({
    load(url, context, nextLoad) {
      const path = url.startsWith('file:') ? relative(root, fileURLToPath(url)) : '';
      if (!/\.[tj]sx?$/.test(path) || !covers.some((begin) => path.startsWith(begin)))
        return nextLoad(url, context);
      const made = instrumented(readFileSync(fileURLToPath(url), 'utf8'), used, path.endsWith('x'));
      used += made.counters;
      if (used > MOST_COUNTERS) throw new Error(`${path}: too many branches are covered`);
      for (const word of made.words) words.add(word);
      const format = /\.tsx?$/.test(path) ? 'module-typescript' : 'module';
      return { format, source: made.text, shortCircuit: true };
    },
  });
  return { counters, used: () => used, words, compared };
}
