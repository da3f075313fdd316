import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { webviews } from './esbuild-webviews.mjs';
import { writeNotices } from './notices.mjs';

/** Small and without maps, for the packaged extension. */
const production = process.argv.includes('--production');

// Chunks are named by their content: what an earlier build left would be packed as well.
if (production) rmSync('dist', { recursive: true, force: true });

const node = {
  bundle: true,
  minify: production,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: !production,
  // jsonc-parser's CommonJS build is UMD, whose requires no bundler can follow.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  metafile: true,
  external: ['onnxruntime-node'],
  // CommonJS packages inside an ES module still call `require`.
  banner: {
    js: "import { createRequire as createRequireOf } from 'node:module';\nconst require = createRequireOf(import.meta.url);",
  },
};

const built = [
  await build({ ...node, entryPoints: ['src/worker/main.ts'], outfile: 'dist/worker.js' }),
  await build({ ...node, entryPoints: ['src/worker/device-trial-main.ts'], outfile: 'dist/device-trial.js' }),
  await build({ ...node, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.js' }),
  // VS Code calls `require` for an extension, whatever the package's type.
  await build({
    ...node,
    format: 'cjs',
    banner: {},
    external: ['vscode'],
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.cjs',
  }),
];

const browser = {
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'chrome124',
  logLevel: 'warning',
  metafile: true,
};
built.push(await build({ ...browser, entryPoints: ['media/report/report.ts'], outfile: 'dist/report.js' }));
await build({ ...browser, entryPoints: ['media/report/report.css'], outfile: 'dist/report.css' });
built.push(await build({ ...webviews, metafile: true, outdir: 'dist/webview' }));
writeNotices(
  built.map(({ metafile }) => metafile),
  ['onnxruntime-node', 'onnxruntime-common'],
  'dist/THIRD-PARTY-NOTICES.txt',
);
