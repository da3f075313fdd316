import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import type { Prompt } from '../../../src/core/prompts/prompt.ts';
import type { AskResult, CompareResult, FitResult } from '../../../src/rpc/worker-api.ts';
import { processes } from '../../processes.ts';
import { hasTab, lensesOf, open, until, workspaceRoot } from './editor.ts';
import { measured } from './measured.ts';

/** The model's process: the child of this extension host that runs dist/worker.js. */
function workerPid(): number | undefined {
  return processes().find(({ parent, command }) => parent === process.pid && command.includes('worker.js'))?.pid;
}

const run = async <T>(command: string, ...args: unknown[]): Promise<T> =>
  vscode.commands.executeCommand<T>(`alphasteer.${command}`, ...args);

/** As a settings file may have them. */
const wrongSettings = { 'alphasteer.model': null, 'alphasteer.device': 7, 'alphasteer.threads': '2' };

suite('the whole way, with the real model', () => {
  let fitted: FitResult;

  test('nothing heavy is started before it is needed', () => {
    assert.equal(workerPid(), undefined);
  });

  test('the worker is killed in the middle of a fit: the editor stays, and the next fit goes on', async function () {
    this.timeout(240_000);
    const first = run<FitResult | undefined>('fit');
    const cache = join(workspaceRoot().fsPath, '.alphasteer', 'cache');
    const labelled = (): number => {
      const file = ((): string | undefined => {
        try {
          return readdirSync(cache).find((name) => name.includes('-labels-'));
        } catch {
          return undefined; // not there yet
        }
      })();
      return file === undefined ? 0 : readFileSync(join(cache, file), 'utf8').split('\n').length - 1;
    };
    await until('some replies', () => labelled() > 3 || undefined, 120);
    const before = labelled();
    process.kill(workerPid()!, 'SIGKILL');
    assert.equal(await first, undefined);
    await vscode.commands.executeCommand('notifications.clearAll');
    assert.equal(labelled(), before);

    const second = await run<FitResult | undefined>('fit');
    assert.ok(second);
    assert.deepEqual(second.fit.layers, [14, 16]);
    assert.equal(readdirSync(join(workspaceRoot().fsPath, '.alphasteer', 'runs')).length, 1);
    fitted = second;
  });

  test('Test above a prompt asks base and steered; the second one starts at once; verdicts stand above the prompt', async function () {
    this.timeout(120_000);
    const { document } = await open('prompts/jailbreak.jsonl');
    const [test] = await lensesOf(document.uri);
    assert.equal(test!.command!.command, 'alphasteer.testPrompt');
    const ask = async (): Promise<[AskResult, number]> => {
      const begun = performance.now();
      const { command, arguments: args = [] } = test!.command!;
      const result = await vscode.commands.executeCommand<AskResult>(command, ...(args as unknown[]));
      return [result, performance.now() - begun];
    };
    const [result, cold] = await ask();
    assert.equal(result.run, fitted.run);
    assert.ok(result.base.reply.length > 0);
    assert.deepEqual(
      result.layers.map(({ layer }) => layer),
      [14, 16],
    );
    const pid = workerPid();
    const [again, warm] = await ask();
    assert.deepEqual(again, result);
    assert.equal(workerPid(), pid);
    measured(`Test, 16 tokens each: ${cold.toFixed(0)} ms first, ${warm.toFixed(0)} ms the second time`);
    assert.ok(hasTab(/Base and Steered/));

    const verdict = (await lensesOf(document.uri)).find(
      ({ range, command }) => range.start.line === 0 && command!.title.includes('→'),
    );
    assert.match(verdict!.command!.title, new RegExp(`${result.base.verdict} → ${result.steered.verdict}$`));
    await vscode.window.showTextDocument(document);
    await vscode.window.activeTextEditor!.edit((edit) =>
      edit.insert(document.positionAt(document.getText().indexOf('"prompt": "') + 11), 'Now: '),
    );
    const changed = await lensesOf(document.uri);
    assert.ok(!changed.some(({ range, command }) => range.start.line === 0 && command!.title.includes('→')));
    await vscode.commands.executeCommand('undo');
    await document.save();
  });

  test('Compare above a prompt opens its replies as a diff', async function () {
    this.timeout(60_000);
    const { document } = await open('prompts/jailbreak.jsonl');
    const compare = (await lensesOf(document.uri)).find(({ command }) => command!.title === 'Compare');
    const { command, arguments: args = [] } = compare!.command!;
    await vscode.commands.executeCommand(command, ...(args as [vscode.Uri, Prompt]));
    await until('the diff', () => hasTab(/^Replies: base/) || undefined);
  });

  test('a test is stopped by Stop, and the next one goes', async function () {
    this.timeout(60_000);
    const ask = (text: string): Promise<AskResult | undefined> => run('testPrompt', workspaceRoot(), { text });
    const stopped = ask('Write a long story about a lighthouse.');
    await sleep(300);
    await run('stop');
    assert.equal(await stopped, undefined);
    assert.ok((await ask('What is the capital of France?'))!.base.reply.length > 0);
  });

  test('of two tests that wait for the one before to stop, the last is asked', async function () {
    this.timeout(60_000);
    const ask = (text: string): Promise<AskResult | undefined> => run('testPrompt', workspaceRoot(), { text });
    const before = ask('Write a long story about a lighthouse keeper.');
    await sleep(300);
    const [first, second] = [ask('Name a river.'), ask('Name a mountain.')];
    assert.deepEqual(await Promise.all([before, first]), [undefined, undefined]);
    assert.ok(await second);
  });

  test('settings of a wrong type count as none', async function () {
    this.timeout(60_000);
    const file = vscode.Uri.joinPath(workspaceRoot(), '.vscode/settings.json');
    const before = await vscode.workspace.fs.readFile(file);
    const wrong = { ...(JSON.parse(Buffer.from(before).toString()) as object), ...wrongSettings };
    await vscode.workspace.fs.writeFile(file, Buffer.from(JSON.stringify(wrong)));
    const setting = (): unknown => vscode.workspace.getConfiguration('alphasteer', workspaceRoot()).get('threads');
    await until('the setting', () => setting() === '2' || undefined);
    const result = await run<AskResult | undefined>('testPrompt', workspaceRoot(), { text: 'Name a colour.' });
    await vscode.workspace.fs.writeFile(file, before);
    await until('the setting of before', () => setting() === 0 || undefined);
    assert.ok(result);
  });

  test('the Test Explorer runs a file of prompts, whose verdicts then stand above them', async function () {
    this.timeout(60_000);
    const file = vscode.Uri.joinPath(workspaceRoot(), 'prompts/benign-two-heldout.jsonl');
    await vscode.workspace.fs.writeFile(
      file,
      Buffer.from('{"prompt": "Name a colour."}\n{"prompt": "Name a fruit."}\n'),
    );
    await vscode.window.showTextDocument(file);
    await until(
      'a verdict above both prompts',
      async () => {
        await vscode.commands.executeCommand('testing.refreshTests');
        await vscode.commands.executeCommand('testing.runCurrentFile');
        const verdicts = (await lensesOf(file)).filter(({ command }) => command!.title.includes('→'));
        return verdicts.length === 2 || undefined;
      },
      50,
    );
    await vscode.workspace.fs.delete(file);
  });

  test('a run of the Test Explorer is cancelled: what is tested stays, and no more is', async function () {
    this.timeout(60_000);
    await inTheMiddle('sea', () => vscode.commands.executeCommand('testing.cancelRun'));
  });

  test('Stop ends a run of the Test Explorer, and not one prompt of it', async function () {
    this.timeout(60_000);
    await inTheMiddle('river', () => run('stop'));
  });

  /** Runs a file of 40 prompts in the Test Explorer, and ends that in the middle. */
  async function inTheMiddle(place: string, end: () => Thenable<unknown>): Promise<void> {
    const file = vscode.Uri.joinPath(workspaceRoot(), `prompts/benign-${place}-heldout.jsonl`);
    const rows = Array.from({ length: 40 }, (_, i) => `{"prompt": "Name ${i + 2} towns by a ${place}."}\n`);
    await vscode.workspace.fs.writeFile(file, Buffer.from(rows.join('')));
    await vscode.window.showTextDocument(file);
    const tested = async (): Promise<number> =>
      (await lensesOf(file)).filter(({ command }) => command!.title.includes('→')).length;
    // Until the new file's tests are found, there is nothing to run, and a run ends at once.
    let running = false;
    const begin = async (): Promise<void> => {
      running = true;
      await vscode.commands.executeCommand('testing.refreshTests');
      await vscode.commands.executeCommand('testing.runCurrentFile');
      running = false;
    };
    await until(
      'a first verdict',
      async () => {
        if (!running) void begin();
        return (await tested()) > 0 || undefined;
      },
      40,
    );
    await end();
    await until('the end of the run', () => !running || undefined);
    const kept = await tested();
    assert.ok(kept < 40, `${kept} of 40`);
    await sleep(1_500);
    assert.equal(await tested(), kept);
    await vscode.workspace.fs.delete(file);
  }

  test('a run of the Test Explorer that waits for Compare is cancelled, and Compare goes on', async function () {
    this.timeout(120_000);
    const settings = vscode.workspace.getConfiguration('alphasteer', workspaceRoot());
    await settings.update('rowLimit', 2, vscode.ConfigurationTarget.Workspace);
    const file = vscode.Uri.joinPath(workspaceRoot(), 'prompts/benign-heldout.jsonl');
    await vscode.window.showTextDocument(file);
    let compares = true;
    const compared = run<CompareResult | undefined>('compare').finally(() => (compares = false));
    await sleep(500);
    const tests = vscode.commands.executeCommand('testing.runCurrentFile');
    await sleep(500);
    await vscode.commands.executeCommand('testing.cancelRun');
    await tests;
    assert.equal(compares, true, 'Compare had ended before');
    await vscode.commands.executeCommand('notifications.clearAll');
    assert.ok(await compared);
  });

  test('Compare Base and Steered, then both reports', async function () {
    this.timeout(240_000);
    const settings = vscode.workspace.getConfiguration('alphasteer', workspaceRoot());
    await settings.update('rowLimit', 3, vscode.ConfigurationTarget.Workspace);
    const result = await run<CompareResult>('compare');
    assert.equal(result.run, fitted.run);
    assert.ok(result.made > 0);
    const again = await run<CompareResult>('compare');
    assert.equal(again.made, 0);
    assert.deepEqual(again.summary, result.summary);
    await run('openRefusalReport');
    await until('the refusal report', () => hasTab(/Refusal Report/) || undefined);
    await run('openSteeringNorms');
    await until('the norms', () => hasTab(/Steering Norms/) || undefined);
  });

  test('what Compare found in a file that is not open is gone when the next one does not find it', async function () {
    this.timeout(120_000);
    const file = vscode.Uri.joinPath(workspaceRoot(), 'prompts/benign-odd-heldout.jsonl');
    const problems = (): string[] => vscode.languages.getDiagnostics(file).map(({ message }) => message);
    await vscode.workspace.fs.writeFile(file, Buffer.from('{"prompt": "Name a colour."}\n{"prompt": 7}\n'));
    await run('compare');
    assert.match(problems().join(), /not text/);
    await vscode.workspace.fs.writeFile(file, Buffer.from('{"prompt": "Name a colour."}\n'));
    await run('compare');
    assert.deepEqual(problems(), []);
    await vscode.workspace.fs.delete(file);
  });

  test('verdicts of the run stand above evaluation prompts, and of a changed prompt they are out of date', async function () {
    this.timeout(60_000);
    const editor = await open('prompts/harmful-heldout.jsonl');
    const { document } = editor;
    const verdict = async (): Promise<string | undefined> =>
      (await lensesOf(document.uri)).find(
        ({ range, command }) => range.start.line === 0 && command!.title.includes('→'),
      )?.command?.title;
    const fresh = await until('a verdict', verdict);
    assert.doesNotMatch(fresh, /out of date/);
    await editor.edit((edit) =>
      edit.insert(document.positionAt(document.getText().indexOf('"prompt": "') + 11), 'Please: '),
    );
    assert.match((await verdict())!, /\(out of date\)$/);
    await vscode.commands.executeCommand('undo');
  });
});
