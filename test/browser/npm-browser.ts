/// <reference types="node" />
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A browser that lies in a folder with all that it needs of a system. */
export interface UnpackedBrowser {
  readonly executable: string;
  /** What it must find in its environment: its libraries and its fonts. */
  readonly env: Readonly<Record<string, string>>;
  /** Holds libvulkan.so.1 and SwiftShader, a Vulkan driver that computes on the CPU. */
  readonly folder: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Why the package does not run here; undefined where it does. Its libraries are of glibc; that of arm64 is not on npm. */
export function withoutNpmBrowser(): string | undefined {
  const here = `${process.platform}-${process.arch}`;
  return here === 'linux-x64' ? undefined : `@sparticuz/chromium has a browser for linux-x64 only, and this is ${here}`;
}

/** Chromium's headless shell as @sparticuz/chromium brings it, unpacked once (200 MB, two seconds) below node_modules. */
export function npmBrowser(): UnpackedBrowser {
  const why = withoutNpmBrowser();
  if (why !== undefined) throw new Error(why);
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const folder = join(root, 'node_modules/.cache/alphasteer', `chromium-${devDependencies['@sparticuz/chromium']!}`);
  if (!existsSync(folder)) unpack(folder);
  return {
    executable: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'al2023/lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
    folder,
  };
}

/** Whole or not at all: two test files may do this at once. */
function unpack(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  execFileSync(process.execPath, [join(root, 'test/browser/unpack.mjs')], {
    // What it takes for Lambda's Node.js: there it unpacks the shared libraries too.
    env: { ...process.env, TMPDIR: draft, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // The one that it brings looks for the fonts below /tmp.
  const own = `<dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir>`;
  writeFileSync(
    join(draft, 'fonts/fonts.conf'),
    `<?xml version="1.0"?><fontconfig>${own}<dir>/usr/share/fonts</dir></fontconfig>\n`,
  );
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}
