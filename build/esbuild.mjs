import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { build, transform } from 'esbuild';
import { webviews } from './esbuild-webviews.mjs';
import { writeNotices } from './notices.mjs';

/** Small and without maps, for the packaged extension. */
const production = process.argv.includes('--production');

// Pieces are named by their content: what an earlier build left would be packed as well.
rmSync('dist', { recursive: true, force: true });

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

/**
 * The extension in pieces, so that starting the editor reads only what registers commands and views. VS Code calls
 * `require` for an extension, whatever the package's type; esbuild splits ES modules alone, so a second pass turns the pieces
 * into CommonJS, in which `import()` is a `require`.
 */
async function buildExtension() {
  const pieces = await build({
    ...node,
    banner: {},
    splitting: true,
    external: ['vscode'],
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    chunkNames: 'extension/[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    sourcemap: production ? false : 'inline',
    write: false,
  });
  for (const { path, text } of pieces.outputFiles) {
    const { code, map } = await transform(text, {
      platform: 'node',
      format: 'cjs',
      minify: production,
      sourcemap: !production,
      sourcefile: path,
      supported: { 'dynamic-import': false },
    });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, production ? code : `${code}//# sourceMappingURL=${basename(path)}.map\n`);
    if (!production) writeFileSync(`${path}.map`, map);
  }
  return pieces;
}

const built = [
  await build({ ...node, entryPoints: ['src/worker/main.ts'], outfile: 'dist/worker.js' }),
  await build({ ...node, entryPoints: ['src/worker/device/device-trial-main.ts'], outfile: 'dist/device-trial.js' }),
  await build({ ...node, entryPoints: ['src/worker/lanes/lane-main.ts'], outfile: 'dist/lane.js' }),
  await build({
    ...node,
    banner: { js: `#!/usr/bin/env node\n${node.banner.js}` },
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.js',
  }),
  await buildExtension(),
];

const browser = {
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'chrome124',
  logLevel: 'warning',
  metafile: true,
};
built.push(await build({ ...browser, entryPoints: ['media/pages/report.ts'], outfile: 'dist/report.js' }));
await build({ ...browser, entryPoints: ['media/pages/report.css'], outfile: 'dist/report.css' });
built.push(await build({ ...webviews, metafile: true, outdir: 'dist/webview' }));
writeNotices(
  built.map(({ metafile }) => metafile),
  ['onnxruntime-node', 'onnxruntime-common'],
  'dist/THIRD-PARTY-NOTICES.txt',
);
