import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const most = { filesInAFolder: 24, importsOfAFile: 24, linesOfAFunction: 80 };

/** Functions that are long because a list of cases is: one switch, with nothing around it to carve. */
const plainSwitches = ['src/core/formats/authors/tensor-pickle.ts: readTensorPickle'];

/** Every file below src and media, by its path from the root, with slashes. */
const files = ['src', 'media'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/')),
);
const sources = files
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, source: parse(readFileSync(join(root, file), 'utf8')) }));

describe('what was measured good stays so', () => {
  test('a folder has few loose files', () => {
    const full = [...new Set(files.map(dirname))].flatMap((folder) => {
      const { length } = files.filter((file) => dirname(file) === folder);
      return length > most.filesInAFolder ? [`${folder}: ${length} files`] : [];
    });
    expect(full).toEqual([]);
  });

  test('a file imports from few others', () => {
    const many = sources.flatMap(({ file, source }) => {
      const { length } = source.statements.filter(isImport);
      return length > most.importsOfAFile ? [`${file}: ${length} imports`] : [];
    });
    expect(many).toEqual([]);
  });

  test('a function is read on about one screen, unless it is a plain switch', () => {
    const long = sources.flatMap(({ file, source }) =>
      functionsOf(source)
        .filter(({ lines }) => lines > most.linesOfAFunction)
        .map(({ name, lines }) => ({ where: `${file}: ${name}`, lines })),
    );
    const named = ({ where }: { readonly where: string }): boolean => plainSwitches.includes(where);
    expect(long.filter((one) => !named(one)).map(({ where, lines }) => `${where}, ${lines} lines`)).toEqual([]);
    expect(long.filter(named).map(({ where }) => where)).toEqual(plainSwitches);
  });
});

test('a function is measured from its first line to its last, whatever it is', () => {
  const source = parse(`import './a.ts';
export function one(): void {
  const two = () => {
  };
}
class Three { four() {
} }`);
  expect(functionsOf(source)).toEqual([
    { name: 'one', lines: 4 },
    { name: 'two', lines: 2 },
    { name: 'four', lines: 2 },
  ]);
  expect(source.statements.filter(isImport)).toHaveLength(1);
});

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('file.ts', text, ts.ScriptTarget.ES2022, true);
}

function isImport(statement: ts.Statement): boolean {
  return ts.isImportDeclaration(statement) || (ts.isExportDeclaration(statement) && !!statement.moduleSpecifier);
}

/** The functions of a file that have a body, the outer before the inner. */
function functionsOf(source: ts.SourceFile): { readonly name: string; readonly lines: number }[] {
  const found: { name: string; lines: number }[] = [];
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined)
      found.push({ name: nameOf(node), lines: lineOf(node.end) - lineOf(node.getStart()) + 1 });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Its own name, or that of the variable or property it is the value of. */
function nameOf(node: ts.SignatureDeclaration): string {
  const named = node.name ?? (node.parent as { readonly name?: ts.Node }).name;
  return named?.getText() ?? 'a function without a name';
}
