/**
 * Runs the mocha suite inside a VS Code's extension host: a desktop VS Code where one can be downloaded, code-server in
 * a browser where not. Says which. The verdict is the results file that the suite writes: an exit code alone can be
 * right for the wrong reason.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { launchBrowser } from '../../ui/browser.ts';
import type { SuiteResults } from '../suite/index.ts';
import { installCodeServer, startCodeServer } from './code-server.ts';
import { copyQuickstart } from './quickstart.ts';

/** Longest that the suite may take. */
const minutes = 8;
const extension = resolve('.');
const suite = resolve('test-results/vscode/suite');

const profile = mkdtempSync(join(tmpdir(), 'alphasteer-profile-'));
const workspace = copyQuickstart();
const file = join(profile, 'results.json');
const env = { ALPHASTEER_TEST_RESULTS: file };
await buildSuite();
if (await canDownload()) {
  console.log('Host: desktop VS Code, by @vscode/test-electron');
  const tests = join(suite, 'index.cjs');
  const launchArgs = [workspace, '--disable-workspace-trust', '--user-data-dir', profile];
  await runTests({
    extensionDevelopmentPath: extension,
    extensionTestsPath: tests,
    launchArgs,
    extensionTestsEnv: env,
  }).catch((error: unknown) => console.error(String(error)));
} else {
  console.log('Host: code-server (VS Code cannot be downloaded here)');
  await runInCodeServer();
}
if (report(readResults())) {
  rmSync(workspace, { recursive: true });
  rmSync(profile, { recursive: true });
} else {
  console.log(`Kept for a look: ${workspace} and ${profile} (logs under it)`);
  process.exitCode = 1;
}

async function buildSuite(): Promise<void> {
  rmSync(suite, { recursive: true, force: true });
  mkdirSync(suite, { recursive: true });
  const files = readdirSync('test/vscode/suite').map((name) => join('test/vscode/suite', name));
  await build({
    entryPoints: files,
    outdir: suite,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    mainFields: ['module', 'main'],
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

async function canDownload(): Promise<boolean> {
  const signal = AbortSignal.timeout(5_000);
  return fetch('https://update.code.visualstudio.com/api/releases/stable', { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function runInCodeServer(): Promise<void> {
  installCodeServer();
  const server = await startCodeServer({ profile, trusted: true, smokeTestDriver: true, env });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const remote = (path: string): string => `vscode-remote://${server.host}${path}`;
    const payload = [
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(join(suite, 'index.cjs'))],
    ];
    const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
    await page.exposeFunction('codeAutomationLog', () => undefined);
    await page.exposeFunction('codeAutomationExit', () => undefined);
    await page.goto(`${server.url}/?${query.toString()}`);
    const end = Date.now() + minutes * 60_000;
    while (readResults()?.done !== true && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 250));
    if (readResults()?.done !== true) await page.screenshot({ path: 'test-results/vscode/no-verdict.png' });
  } finally {
    await browser.close();
    await server.stop();
  }
}

function readResults(): SuiteResults | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SuiteResults) : undefined;
}

/** Whether all is well. */
function report(results: SuiteResults | undefined): boolean {
  for (const line of results?.measured ?? []) console.log(`measured: ${line}`);
  const { host = 'No VS Code came up', tests = [], done = false } = results ?? {};
  for (const { title, seconds, error } of tests) {
    console.log(`${error === undefined ? 'ok  ' : 'FAIL'} ${title} (${seconds.toFixed(1)} s)`);
    if (error !== undefined) console.log(error);
  }
  const failed = tests.filter(({ error }) => error !== undefined).length;
  console.log(`${host}\nvscode: ${tests.length - failed} passed, ${failed} failed`);
  writeFileSync('test-results/vscode.json', JSON.stringify({ passed: tests.length - failed, failed }));
  if (!done) console.log(`The suite did not come to its end within ${minutes} minutes; see test-results/vscode.`);
  return done && failed === 0 && tests.length > 0;
}
