/**
 * Writes the README as a package holds it: node build/package-readme.mjs [FILE] [--words], dist/README.md without FILE.
 *
 * The editor's page of an extension shows pictures from https and `data:` addresses alone, and opens links to the web alone:
 * beside it there is no folder that a path could lead to (`extensionEditor.ts` of VS Code: `img-src https: data:`, and
 * `onDidClickLink`). So pictures are put in, and a link to a file becomes its text with the path behind it. With `--words`, for a
 * package that is read as text, a picture becomes its words.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';

const isOfWords = process.argv.includes('--words');
const out = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? 'dist/README.md';
const types = { '.png': 'image/png', '.jpg': 'image/jpeg' };
const isWeb = (target) => /^(https?:|mailto:)/.test(target);

function picture(alt, file) {
  if (isOfWords) return alt;
  const type = types[extname(file)];
  // vsce refuses SVG, which may hold scripts.
  if (type === undefined)
    throw new Error(`README.md: ${file} is no picture that a packed README can show (PNG, JPEG).`);
  return `![${alt}](data:${type};base64,${readFileSync(file).toString('base64')})`;
}

function linkOrPath(text, target) {
  if (isWeb(target) || target.startsWith('#')) return `[${text}](${target})`;
  const path = target.replace(/#.*$/, '');
  return text.replaceAll('`', '') === path ? text : `${text} (\`${path}\`)`;
}

const readme = readFileSync('README.md', 'utf8')
  .replace(/!\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, alt, file) => (isWeb(file) ? whole : picture(alt, file)))
  .replace(/(?<!!)\[([^\]]*)\]\(([^)\s]+)\)/g, (_, text, target) => linkOrPath(text, target));

const note = "Paths in brackets are files of the project's source.";
writeFileSync(out, `${readme.trimEnd()}\n\n${note}\n`);
