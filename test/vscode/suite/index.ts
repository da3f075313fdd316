/** What VS Code runs for `extensionTestsPath`: every test file beside this one, and a results file as the verdict. */
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import { measured } from './measured.ts';

export interface SuiteResults {
  /** Whether the suite came to its end. */
  readonly done: boolean;
  readonly host: string;
  /** Figures that tests measured, to be printed. */
  readonly measured: readonly string[];
  readonly tests: readonly { readonly title: string; readonly seconds: number; readonly error?: string }[];
}

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', color: false, timeout: 60_000 });
  const here = __dirname;
  for (const file of readdirSync(here).sort()) if (file.endsWith('.test.cjs')) mocha.addFile(join(here, file));
  const host = `VS Code ${vscode.version} (${vscode.env.appName}), Node ${process.version}`;
  const tests: SuiteResults['tests'][number][] = [];
  const write = (done: boolean): void => {
    const results: SuiteResults = { done, host, measured: measured(), tests };
    const file = process.env['ALPHASTEER_TEST_RESULTS']!;
    writeFileSync(`${file}.tmp`, JSON.stringify(results));
    renameSync(`${file}.tmp`, file);
  };
  const failed = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    const note = (test: Mocha.Test | Mocha.Hook, error?: Error): void => {
      const seconds = (test.duration ?? 0) / 1000;
      tests.push({ title: test.fullTitle(), seconds, ...(error && { error: error.stack ?? error.message }) });
      write(false);
    };
    runner.on('pass', (test) => note(test)).on('fail', note);
  });
  write(true);
  if (failed > 0) throw new Error(`${failed} tests failed.`);
}
