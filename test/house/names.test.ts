import { parseAst } from 'rolldown/parseAst';
import { expect, test } from 'vitest';
import { files, isTest, type Source } from './tree.ts';

/** A statement of a module, as far as it is looked at here. */
interface Statement {
  readonly type: string;
  readonly declaration?: { readonly type: string; readonly id?: { readonly name: string } } | null;
}

/** Names of the interfaces, types and classes that a source declares and exports. */
function exportedTypes({ path, text }: Source): string[] {
  const { body } = parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' });
  return (body as unknown as readonly Statement[]).flatMap(({ type, declaration }) =>
    type === 'ExportNamedDeclaration' &&
    /^(TSInterface|TSTypeAlias|TSEnum|Class)Declaration$/.test(declaration?.type ?? '') &&
    declaration?.id
      ? [declaration.id.name]
      : [],
  );
}

test('a type name means one thing in src and web', () => {
  const product = files(['src', 'web'], /\.tsx?$/).filter(({ path }) => !isTest(path));
  const names = product.flatMap((source) => exportedTypes(source));
  const twice = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].sort();
  expect(twice).toEqual([]);
});
