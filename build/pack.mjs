/**
 * Packs the command line as an npm package: node build/pack.mjs [folder for the tarball]. The package.json of this folder
 * is the extension's; the command line gets one of its own, with the same version and the one dependency that is not
 * bundled. No model is in it.
 */
import { execFileSync, execSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** What the command line and its worker read, beside what npm adds by itself: package.json, README.md and LICENSE. */
const files = [
  'dist/cli.js',
  'dist/worker.js',
  'dist/device-trial.js',
  'dist/lane.js',
  'dist/report.js',
  'dist/report.css',
  'dist/THIRD-PARTY-NOTICES.txt',
  'media/alphasteer.schema.json',
  'CHANGELOG.md',
];

const { name, version, license, keywords, engines, bin, dependencies } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);
const manifest = {
  name,
  version,
  description: 'Fit refusal steering on your prompts and a local ONNX chat model, on the command line.',
  license,
  keywords,
  type: 'module',
  bin,
  files,
  engines: { node: engines.node },
  dependencies: { 'onnxruntime-node': dependencies['onnxruntime-node'] },
};

execFileSync(process.execPath, ['build/esbuild.mjs', '--production'], { stdio: 'inherit' });
const staged = mkdtempSync(join(tmpdir(), 'alphasteer-pack-'));
try {
  for (const file of [...files, 'LICENSE']) {
    mkdirSync(join(staged, dirname(file)), { recursive: true });
    cpSync(file, join(staged, file));
  }
  execFileSync(process.execPath, ['build/package-readme.mjs', join(staged, 'README.md'), '--words']);
  writeFileSync(join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const target = resolve(process.argv[2] ?? '.');
  // In a shell, because npm is a script of one on Windows.
  execSync(`npm pack --silent --ignore-scripts --pack-destination "${target}"`, {
    cwd: staged,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const tarball = join(target, `${name}-${version}.tgz`);
  console.log(`${tarball}: ${(statSync(tarball).size / 1e6).toFixed(1)} MB`);
} finally {
  rmSync(staged, { recursive: true });
}
