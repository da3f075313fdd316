import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { processes } from '../../processes.ts';
import { hasTab, until, workspaceRoot } from '../suite/editor.ts';

// The folder is not trusted, and has a compared run. Commands are called as a tree row or another extension would call
// them: past their enablement.

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string; readonly enablement?: string }[] };
}

const extension = vscode.extensions.getExtension<undefined>('alphasteer.alphasteer')!;
const { commands } = (extension.packageJSON as Manifest).contributes;

/** They load a model. */
const running = ['fit', 'selectModel', 'compare', 'testPrompt', 'doctor', 'comparePrompt'];
/** They show what there is, or what the user asks to be done with a run's folder. */
const working = [
  ...['openRefusalReport', 'openSteeringNorms', 'export', 'stop', 'createConfig', 'openWalkthrough', 'showLog'],
  ...['showMenu', 'showReply', 'renameRun', 'deleteRun', 'compareRuns', 'revealRun'],
];

/** Every file of the folder with a hash of what is in it. */
function files(): Map<string, string> {
  const root = workspaceRoot().fsPath;
  const found = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    found.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [file, createHash('sha256').update(readFileSync(file)).digest('hex')];
    }),
  );
}

function hasWorker(): boolean {
  return processes().some(({ parent, command }) => parent === process.pid && command.includes('worker.js'));
}

/** Calls a command, and closes what it asks or takes the first answer. */
async function call(answer: 'closed' | 'accepted', command: string, ...args: readonly unknown[]): Promise<void> {
  const ended = Promise.resolve(vscode.commands.executeCommand(`alphasteer.${command}`, ...args)).catch(
    (error: unknown) => error,
  );
  for (let waited = 0; waited < 20; waited++) {
    if ((await Promise.race([ended.then(() => 'ended'), sleep(250)])) === 'ended') return;
    const accept = answer === 'accepted' && waited === 0;
    const press = accept ? 'acceptSelectedQuickOpenItem' : 'closeQuickOpen';
    await vscode.commands.executeCommand(`workbench.action.${press}`);
  }
  throw new Error(`${command} does not end.`);
}

suite('Restricted Mode', () => {
  test('the folder is not trusted, and the extension is there', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await extension.activate();
  });

  test('every command is known to run a model or to work without, and those that run one say so in the manifest', () => {
    const names = commands.map(({ command }) => command.replace('alphasteer.', ''));
    assert.deepEqual([...names].sort(), [...running, ...working].sort());
    const disabled = commands.filter(({ enablement }) => enablement === 'isWorkspaceTrusted');
    assert.deepEqual(disabled.map(({ command }) => command.replace('alphasteer.', '')).sort(), [...running].sort());
  });

  for (const name of running) {
    test(`${name} starts no process and writes nothing`, async () => {
      const before = files();
      const prompt = { id: 'a', text: 'Name a colour.', label: 'benign', line: 1, column: 1 };
      const uri = vscode.Uri.joinPath(workspaceRoot(), 'prompts/benign-heldout.jsonl');
      await call('accepted', name, ...(name.endsWith('Prompt') ? [uri, prompt] : []));
      assert.equal(hasWorker(), false);
      assert.deepEqual(files(), before);
    });
  }

  for (const [name, tab] of [
    ['openRefusalReport', /Refusal Report/],
    ['openSteeringNorms', /Steering Norms/],
    ['openWalkthrough', /^Welcome$/],
    ['createConfig', /^alphasteer\.json$/],
  ] as const) {
    test(`${name} opens`, async () => {
      const before = files();
      await call('closed', name);
      await until(`the tab of ${name}`, () => hasTab(tab) || undefined);
      assert.deepEqual(files(), before);
    });
  }

  for (const name of ['export', 'compareRuns', 'renameRun', 'showMenu', 'stop', 'showLog']) {
    test(`${name} ends when it is not answered, and has done nothing`, async () => {
      const before = files();
      await call('closed', name);
      assert.equal(hasWorker(), false);
      assert.deepEqual(files(), before);
    });
  }

  test('revealRun reveals a run', async () => {
    const folder = join(workspaceRoot().fsPath, '.alphasteer/runs');
    await call('closed', 'revealRun', { run: { folder: join(folder, readdirSync(folder)[0]!) } });
  });

  test('showReply shows replies of before', async () => {
    const reply = { reply: 'No.', tokens: 2, verdict: 'refused', span: [0, 3], rule: 'no' };
    const result = { run: '', strength: 1, base: reply, steered: reply, distance: null, layers: [] };
    await call('closed', 'showReply', workspaceRoot(), { text: 'A prompt.' }, result);
    await until('the reply view', () => hasTab(/Base and Steered/) || undefined);
    assert.equal(hasWorker(), false);
  });
});
