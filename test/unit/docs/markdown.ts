import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a link or a picture of a page leads to, as it is written there. */
export interface Target {
  readonly target: string;
  readonly isPicture: boolean;
}

const notOurs = new Set(['node_modules', 'dist', 'test-results']);

/** The Markdown files of the repository below a folder, with "/" between the parts of a path. */
export function markdownFiles(folder = '.'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return notOurs.has(entry.name) || entry.name.startsWith('.') ? [] : markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

export function read(file: string): string {
  return readFileSync(join(file), 'utf8');
}

/** A page without its code, in which brackets are no links. */
function prose(markdown: string): string {
  return markdown
    .replace(/^(```|~~~).*?^\1/gms, '')
    .replace(/^(?: {4}|\t).*$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => 'x'.repeat(code.length));
}

/** Links and pictures in a page, those of reference definitions (`[name]: path`) included. */
export function targetsOf(markdown: string): Target[] {
  const text = prose(markdown);
  const inline = [...text.matchAll(/(!?)\[(?:[^\][]|!\[[^\]]*\]\([^)]*\))*\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)];
  const inner = [...text.matchAll(/\[!\[[^\]]*\]\(([^)\s]+)\)/g)];
  const defined = [...text.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  return [
    ...inline.map(([, mark, target]) => ({ target: target!, isPicture: mark === '!' })),
    ...inner.map(([, target]) => ({ target: target!, isPicture: true })),
    ...defined.map(([, target]) => ({ target: target!, isPicture: false })),
  ];
}

export function isOnTheWeb(target: string): boolean {
  return /^(https?:|mailto:|command:|data:)/.test(target);
}

/** Anchors of a page's headings, as code hosts name them: lower case, spaces as hyphens, no other signs; a second one gets `-1`. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of markdown.replace(/^(```|~~~).*?^\1/gms, '').matchAll(/^#{1,6} +(.+)$/gm)) {
    const name = heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-');
    let anchor = name;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${name}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}
