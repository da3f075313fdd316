import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * code-server is VS Code (its extension host, workbench and webviews) served to a browser, and comes from npm: a real
 * VS Code on machines that reach a package registry and nothing else. It needs a Node of its own.
 */
const version = '4.139.1';
const ownNode = `node-linux-${process.arch}`;
const ownNodeVersion = '24.21.0';

/** Outside the tree: 800 MB that all checkouts share. */
const folder = join(
  process.env['ALPHASTEER_VSCODE_HOST'] ?? join(homedir(), '.cache', 'alphasteer-vscode-host'),
  `code-server-${version}-plain-log`,
);

const plainLogger = join(import.meta.dirname, 'plain-spdlog.cjs');

/** What to start: `node entry`. */
export const codeServer = {
  node: join(folder, 'node_modules', ownNode, 'bin/node'),
  entry: join(folder, 'node_modules/code-server/out/node/entry.js'),
} as const;

/**
 * Installs code-server where it is not there yet: half a minute, once. No script of a package runs, so nothing is
 * compiled: what would be (Kerberos, sqlite, a watchdog) is for proxies, desktops and extensions of others, and VS Code
 * starts without it; its logger gets a part in JavaScript (plain-spdlog.cjs).
 * @returns why it cannot be had here; undefined once it is installed
 * @throws where npm fails for another reason than that it reaches no registry
 */
export function installCodeServer(): string | undefined {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    return `code-server is installed on Linux (x64, arm64) only, and this is ${process.platform}-${process.arch}`;
  if (existsSync(folder)) return undefined;
  console.log(`Installing code-server ${version} into ${folder} (once, half a minute, 800 MB)`);
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  writeFileSync(join(draft, 'package.json'), '{ "private": true }');
  const server = 'node_modules/code-server';
  const why =
    npm(draft, [`${ownNode}@${ownNodeVersion}`, `code-server@${version}`]) ??
    // VS Code's own packages, which code-server's script would install.
    npm(join(draft, server, 'lib/vscode'), ['--omit=dev']);
  if (why === undefined) {
    copyFileSync(plainLogger, join(draft, server, 'lib/vscode/node_modules/@vscode/spdlog/index.js'));
    const started = [join(draft, server, 'out/node/entry.js'), '--version'];
    const env = { ...process.env, HOME: draft, XDG_CONFIG_HOME: draft };
    execFileSync(join(draft, 'node_modules', ownNode, 'bin/node'), started, {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(draft, folder);
  } else rmSync(draft, { recursive: true });
  return why;
}

/** npm's words for a registry that is not reached. */
const unreached = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED)\b/;

/** @returns why nothing was installed, where no registry is reached; undefined where all went well */
function npm(cwd: string, what: readonly string[]): string | undefined {
  // npm hands the settings of the project it runs in down to its children.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const { status, stderr } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...what], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return undefined;
  const code = unreached.exec(stderr)?.[1];
  if (code === undefined) throw new Error(`code-server cannot be installed:\n${stderr}`);
  return `code-server comes from npm's registry, which is not reached (${code})`;
}
