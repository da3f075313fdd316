import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the licences of what is shipped: of every package that a bundle took something from, and of those that lie beside
 * the bundles.
 *
 * @param metafiles what esbuild says of the bundles
 * @param shipped names of packages that are not bundled
 */
export function writeNotices(metafiles, shipped, file) {
  const folders = new Set(shipped.map((name) => `node_modules/${name}`));
  for (const { inputs } of metafiles)
    for (const input of Object.keys(inputs)) {
      const [folder] = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? [];
      if (folder !== undefined) folders.add(folder);
    }
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const texts = readdirSync(folder)
      .filter((entry) => /^(licen[cs]e|notice|copying)/i.test(entry))
      .map((entry) => readFileSync(join(folder, entry), 'utf8').trim());
    if (license === undefined && texts.length === 0) throw new Error(`${folder} says nothing of its licence.`);
    return [`${name} ${version} (${license})`, ...texts].join('\n\n');
  });
  writeFileSync(file, `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}
