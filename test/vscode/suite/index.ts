/** What VS Code runs for `extensionTestsPath`: every test file beside this one, and a results file as the verdict. */
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import { measured } from './measured.ts';

export interface SuiteResults {
  readonly host: string;
  readonly passed: number;
  readonly failed: number;
  /** Figures that tests measured, to be printed. */
  readonly measured: readonly string[];
  readonly tests: readonly { readonly title: string; readonly seconds: number; readonly error?: string }[];
}

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', color: false, timeout: 60_000 });
  const here = __dirname;
  for (const file of readdirSync(here).sort()) if (file.endsWith('.test.cjs')) mocha.addFile(join(here, file));
  const tests: { title: string; seconds: number; error?: string }[] = [];
  const failed = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => tests.push({ title: test.fullTitle(), seconds: (test.duration ?? 0) / 1000 }));
    runner.on('fail', (test, error: Error) =>
      tests.push({
        title: test.fullTitle(),
        seconds: (test.duration ?? 0) / 1000,
        error: error.stack ?? error.message,
      }),
    );
  });
  const host = `VS Code ${vscode.version} (${vscode.env.appName}), Node ${process.version}`;
  const results: SuiteResults = {
    host,
    passed: tests.filter(({ error }) => error === undefined).length,
    failed,
    measured: measured(),
    tests,
  };
  const file = process.env['ALPHASTEER_TEST_RESULTS']!;
  writeFileSync(`${file}.tmp`, JSON.stringify(results));
  renameSync(`${file}.tmp`, file);
  if (failed > 0) throw new Error(`${failed} tests failed.`);
}
