import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AdmZip from 'adm-zip';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOnTheWeb, targetsOf } from '../../unit/docs/markdown.ts';

// Only the package of this machine can be run here; of the others it is read what is in them, and for which machine it was built.

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const file = (platform: string): string => `alphasteer-${platform}-${version}.vsix`;

/** What a library of each platform begins with, and the most that its package may weigh, in MB. */
const platforms = {
  'linux-x64': { machine: 'ELF x64', libraries: ['libonnxruntime.so.1'], most: 20 },
  'linux-arm64': { machine: 'ELF arm64', libraries: ['libonnxruntime.so.1'], most: 20 },
  'darwin-arm64': { machine: 'Mach-O arm64', libraries: ['libonnxruntime.1.dylib'], most: 16 },
  'win32-x64': {
    machine: 'PE x64',
    libraries: ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll'],
    most: 32,
  },
  'win32-arm64': {
    machine: 'PE arm64',
    libraries: ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll'],
    most: 32,
  },
} as const;

/** From the numbers that the three formats put at their start. */
function machineOf(bytes: Buffer): string {
  const named = (format: string, code: number, names: Readonly<Record<number, string>>): string =>
    `${format} ${names[code] ?? `0x${code.toString(16)}`}`;
  if (bytes.readUInt32BE(0) === 0x7f454c46) return named('ELF', bytes.readUInt16LE(18), { 0x3e: 'x64', 0xb7: 'arm64' });
  if (bytes.readUInt32LE(0) === 0xfeedfacf)
    return named('Mach-O', bytes.readUInt32LE(4), { 0x01000007: 'x64', 0x0100000c: 'arm64' });
  if (bytes.toString('latin1', 0, 2) === 'MZ')
    return named('PE', bytes.readUInt16LE(bytes.readUInt32LE(0x3c) + 4), { 0x8664: 'x64', 0xaa64: 'arm64' });
  return 'no library';
}

beforeAll(() => {
  execFileSync('npm', ['run', 'package', '--', ...Object.keys(platforms)], { stdio: ['ignore', 'ignore', 'inherit'] });
}, 600_000);

afterAll(() => Object.keys(platforms).forEach((platform) => rmSync(file(platform))));

test.each(Object.entries(platforms))(
  'the package for %s holds its own native code, and no other',
  (platform, about) => {
    const entries = new AdmZip(file(platform)).getEntries().filter(({ isDirectory }) => !isDirectory);
    const names = entries.map(({ entryName }) => entryName);
    const native = entries.filter(({ entryName }) => /\.(node|so|dylib|dll)(\.|$)/.test(entryName));
    const folder = `extension/node_modules/onnxruntime-node/bin/napi-v6/${platform.replace('-', '/')}/`;
    expect(native.map(({ entryName }) => entryName).sort()).toEqual(
      [...about.libraries, 'onnxruntime_binding.node'].map((name) => `${folder}${name}`).sort(),
    );
    for (const entry of native) expect([entry.name, machineOf(entry.getData())]).toEqual([entry.name, about.machine]);
    const manifest = entries
      .find(({ entryName }) => entryName === 'extension.vsixmanifest')!
      .getData()
      .toString();
    expect(manifest).toContain(`TargetPlatform="${platform}"`);
    for (const needed of ['extension.cjs', 'worker.js', 'report.js', 'report.css', 'THIRD-PARTY-NOTICES.txt'])
      expect(names).toContain(`extension/dist/${needed}`);
    expect(names.filter((name) => /\.(map|ts|test\.js)$|\/(test|src|examples|\.alphasteer)\//.test(name))).toEqual([]);
    const megabytes = statSync(file(platform)).size / 1e6;
    console.log(`measured: ${file(platform)} ${megabytes.toFixed(1)} MB, ${names.length} files`);
    expect(megabytes).toBeLessThan(about.most);
  },
);

test('the pages that the editor shows of the package lead to nothing that is not packed', () => {
  const entries = new AdmZip(file('linux-x64')).getEntries();
  const pageOf = (name: string): string => {
    const page = entries.find(({ entryName }) => entryName.toLowerCase() === `extension/${name}`);
    return page!.getData().toString();
  };
  expect(targetsOf(pageOf('readme.md')).filter(({ isPicture }) => isPicture)).toHaveLength(2);
  for (const page of ['readme.md', 'changelog.md'])
    expect(targetsOf(pageOf(page)).filter(({ target }) => !isOnTheWeb(target))).toEqual([]);
  expect(entries.filter(({ entryName }) => /readme\.md$/i.test(entryName))).toHaveLength(1);
});

test('starting the editor reads a small part of the packed code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-packed-'));
  new AdmZip(file('linux-x64')).extractAllTo(folder);
  const dist = join(folder, 'extension', 'dist');
  // An empty `vscode`: what activate() registers is the editor's suite's to test, here only what is read before it.
  const read = execFileSync(process.execPath, [
    '-e',
    `const Module = require('node:module');
     const load = Module._load;
     Module._load = (name, ...rest) => (name === 'vscode' ? {} : load(name, ...rest));
     require(process.argv[1]);
     console.log(JSON.stringify(Object.keys(require.cache)));`,
    join(dist, 'extension.cjs'),
  ]).toString();
  const sizeOf = (path: string): number => statSync(path).size;
  const started = (JSON.parse(read) as string[]).map(sizeOf).reduce((a, b) => a + b, 0);
  const pieces = readdirSync(join(dist, 'extension')).map((name) => join(dist, 'extension', name));
  const all = [join(dist, 'extension.cjs'), ...pieces].map(sizeOf).reduce((a, b) => a + b, 0);
  rmSync(folder, { recursive: true });
  console.log(`measured: ${(started / 1e3).toFixed(0)} of ${(all / 1e3).toFixed(0)} kB are read at the start`);
  expect(started).toBeGreaterThan(0);
  expect(started).toBeLessThan(all / 4);
});
