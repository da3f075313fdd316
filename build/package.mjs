/**
 * Packs the extension: node build/package.mjs [platform ...], such as linux-x64 darwin-arm64; this machine's without any.
 * A VSIX holds the native library of one platform, so that it stays small.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import vsce from '@vscode/vsce';

const wanted = process.argv.slice(2);
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
for (const target of wanted.length > 0 ? wanted : [`${process.platform}-${process.arch}`]) {
  const [platform, arch] = target.split('-');
  const library = `node_modules/onnxruntime-node/bin/napi-v6/${platform}/${arch}`;
  if (statSync(library, { throwIfNoEntry: false }) === undefined) {
    console.error(`onnxruntime-node has no library for ${target} (${library} is not there).`);
    process.exitCode = 1;
    continue;
  }
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-package-'));
  const ignoreFile = join(folder, 'ignore');
  // macOS gets the same library under two names; the one with the full version is not loaded.
  const included = `!${library}/!(libonnxruntime.*.*.*.dylib)`;
  writeFileSync(ignoreFile, `${readFileSync('.vscodeignore', 'utf8')}${included}\n`);
  const packagePath = `${name}-${target}-${version}.vsix`;
  await vsce.createVSIX({
    target,
    ignoreFile,
    packagePath,
    readmePath: 'dist/README.md',
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  rmSync(folder, { recursive: true });
  console.log(`${packagePath}: ${(statSync(packagePath).size / 1e6).toFixed(1)} MB`);
}
