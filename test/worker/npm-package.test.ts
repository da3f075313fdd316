import { execFileSync, execSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { version } from '../../src/core/version.ts';
import { setup } from './build.ts';
import { writeTinyWorkspace } from './tiny-workspace.ts';

// Installed without a network: what stands for onnxruntime-node hands on the one of this tree.

const folder = mkdtempSync(join(tmpdir(), 'alphasteer-installed-'));
const tarball = join(folder, `alphasteer-${version}.tgz`);

function installed(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const command = join(folder, 'node_modules/.bin/alphasteer');
  return spawnSync(process.platform === 'win32' ? `"${command}.cmd"` : command, args, {
    encoding: 'utf8',
    cwd: folder,
    shell: process.platform === 'win32',
  });
}

beforeAll(() => {
  execFileSync(process.execPath, ['build/pack.mjs', folder]);
  mkdirSync(join(folder, 'runtime'));
  const runtime = { name: 'onnxruntime-node', version: '1.30.0', main: 'index.cjs' };
  writeFileSync(join(folder, 'runtime/package.json'), JSON.stringify(runtime));
  const real = JSON.stringify(resolve('node_modules/onnxruntime-node'));
  writeFileSync(join(folder, 'runtime/index.cjs'), `module.exports = require(${real});\n`);
  const dependencies = { alphasteer: `file:${tarball}`, 'onnxruntime-node': 'file:runtime' };
  const overrides = { 'onnxruntime-node': '$onnxruntime-node' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
  execSync('npm install --offline --ignore-scripts --install-links --no-audit --no-fund', {
    cwd: folder,
    stdio: 'pipe',
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  setup(); // Packing left the small build.
});

test('it holds the program and the licences, no model, and nothing of the tests', () => {
  const files = readdirSync(join(folder, 'node_modules/alphasteer'), { recursive: true }).map(String);
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', join('dist', 'THIRD-PARTY-NOTICES.txt')]));
  expect(files.filter((name) => /\.(onnx|data|map|ts)$|extension|webview/.test(name))).toEqual([]);
  const megabytes = statSync(tarball).size / 1e6;
  console.log(`measured: ${megabytes.toFixed(1)} MB`);
  expect(megabytes).toBeLessThan(2);
});

test('installed, it says its version, checks the machine, fits, compares and exports', () => {
  expect(installed('--version').stdout.trim()).toBe(version);
  const root = join(folder, 'workspace');
  mkdirSync(root);
  writeTinyWorkspace(root, 100);
  expect(installed('doctor', root).stdout).toContain('onnxruntime');
  const fitted = JSON.parse(installed('fit', root, '--json').stdout) as { run: string };
  const compared = JSON.parse(installed('compare', root, '--json').stdout) as { report: string };
  expect(readFileSync(compared.report, 'utf8')).toContain('alphasteer-data');
  const csv = join(folder, 'replies.csv');
  expect(installed('export', fitted.run, '--to', 'csv', '--out', csv).status).toBe(0);
  expect(readFileSync(csv, 'utf8').split('\n').length).toBeGreaterThan(48);
});
