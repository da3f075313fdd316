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
import { launchBrowser, withoutBrowser } from '../../browser/launch.ts';
import type { SkippedLane } from '../../skipped-lane.ts';
import type { SuiteResults } from '../suite/index.ts';
import { startCodeServer } from './code-server.ts';
import { installCodeServer } from './install-code-server.ts';
import { listSuite } from './list-suite.ts';
import { madeProject } from './made-project.ts';
import { copyQuickstart } from './quickstart.ts';

/** Longest that the suite may take. */
const minutes = 8;
const extension = resolve('.');
const built = resolve('test-results/vscode');

/** What is left of a run for the count. */
export interface VscodeResults {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedLane[];
}

/** Tests that run in one window. */
interface Suite {
  /** Of the folder in `test/vscode` that they lie in. */
  readonly name: 'suite' | 'restricted';
  readonly trusted: boolean;
  readonly workspace: () => string;
}

const suites: readonly Suite[] = [
  { name: 'suite', trusted: true, workspace: copyQuickstart },
  { name: 'restricted', trusted: false, workspace: comparedProject },
];

const desktop = await canDownload();
const why = desktop ? undefined : ((await withoutBrowser()) ?? installCodeServer());
console.log(
  desktop
    ? 'Host: desktop VS Code, by @vscode/test-electron'
    : why === undefined
      ? 'Host: code-server (VS Code cannot be downloaded here)'
      : `No VS Code: it cannot be downloaded here, and ${why}`,
);
const wanted = process.argv[2];
let [passed, failed] = [0, 0];
const skipped: SkippedLane[] = [];
for (const one of suites.filter(({ name }) => wanted === undefined || name === wanted))
  if (why === undefined) await run(one);
  else
    skipped.push({
      lane: `in VS Code: ${one.name}`,
      why: `VS Code cannot be downloaded here, and ${why}`,
      tests: listSuite(await buildSuite(one.name)),
    });
const results: VscodeResults = { passed, failed, skipped };
writeFileSync('test-results/vscode.json', JSON.stringify(results));

async function run({ name, trusted, workspace }: Suite): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'alphasteer-profile-'));
  const window: Window = {
    tests: await buildSuite(name),
    trusted,
    profile,
    workspace: workspace(),
    file: join(profile, 'results.json'),
  };
  if (desktop) await runInDesktop(window);
  else await runInCodeServer(window);
  if (report(name, readResults(window.file))) {
    rmSync(window.workspace, { recursive: true });
    rmSync(profile, { recursive: true });
  } else {
    console.log(`Kept for a look: ${window.workspace} and ${profile} (logs under it)`);
    process.exitCode = 1;
  }
}

/** A project with two runs that were compared, as it seems. */
function comparedProject(): string {
  const root = mkdtempSync(join(tmpdir(), 'alphasteer-restricted-'));
  madeProject(root, ['early', 'late']);
  // The model that is there is not the one it names, so that choosing it would be seen.
  const config = join(root, 'alphasteer.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace('"model": "model"', '"model": "another"'));
  return root;
}

interface Window {
  /** The built entry of the suite. */
  readonly tests: string;
  readonly trusted: boolean;
  readonly profile: string;
  readonly workspace: string;
  /** Where the suite writes its results. */
  readonly file: string;
}

async function runInDesktop({ tests, trusted, profile, workspace, file }: Window): Promise<void> {
  const launchArgs = [workspace, '--user-data-dir', profile, ...(trusted ? ['--disable-workspace-trust'] : [])];
  await runTests({
    extensionDevelopmentPath: extension,
    extensionTestsPath: tests,
    launchArgs,
    extensionTestsEnv: { ALPHASTEER_TEST_RESULTS: file },
  }).catch((error: unknown) => console.error(String(error)));
}

async function buildSuite(name: string): Promise<string> {
  const suite = join(built, name);
  rmSync(suite, { recursive: true, force: true });
  mkdirSync(suite, { recursive: true });
  const tests = readdirSync(join('test/vscode', name)).map((file) => join('test/vscode', name, file));
  await build({
    entryPoints: [...new Set([...tests, 'test/vscode/suite/index.ts'])].map((file) => resolve(file)),
    entryNames: '[name]',
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
  return join(suite, 'index.cjs');
}

async function canDownload(): Promise<boolean> {
  const signal = AbortSignal.timeout(5_000);
  return fetch('https://update.code.visualstudio.com/api/releases/stable', { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function runInCodeServer({ tests, trusted, profile, workspace, file }: Window): Promise<void> {
  const env = { ALPHASTEER_TEST_RESULTS: file };
  const server = await startCodeServer({ profile, trusted, smokeTestDriver: true, env });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const remote = (path: string): string => `vscode-remote://${server.host}${path}`;
    const payload = [
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(tests)],
    ];
    const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
    await page.exposeFunction('codeAutomationLog', () => undefined);
    await page.exposeFunction('codeAutomationExit', () => undefined);
    await page.goto(`${server.url}/?${query.toString()}`);
    const end = Date.now() + minutes * 60_000;
    while (readResults(file)?.done !== true && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 250));
    if (readResults(file)?.done !== true) await page.screenshot({ path: 'test-results/vscode/no-verdict.png' });
  } finally {
    await browser.close();
    await server.stop();
  }
}

function readResults(file: string): SuiteResults | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SuiteResults) : undefined;
}

/** Whether all is well. */
function report(name: string, results: SuiteResults | undefined): boolean {
  for (const line of results?.measured ?? []) console.log(`measured: ${line}`);
  const { host = 'No VS Code came up', tests = [], done = false } = results ?? {};
  for (const { title, seconds, error } of tests) {
    console.log(`${error === undefined ? 'ok  ' : 'FAIL'} ${title} (${seconds.toFixed(1)} s)`);
    if (error !== undefined) console.log(error);
  }
  const bad = tests.filter(({ error }) => error !== undefined).length;
  passed += tests.length - bad;
  failed += bad;
  console.log(`${host}\nvscode ${name}: ${tests.length - bad} passed, ${bad} failed`);
  if (!done) console.log(`The suite did not come to its end within ${minutes} minutes; see test-results/vscode.`);
  return done && bad === 0 && tests.length > 0;
}
