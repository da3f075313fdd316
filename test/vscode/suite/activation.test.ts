import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { measured } from './measured.ts';

const id = 'alphasteer.alphasteer';

interface Marks {
  readonly getMarks: () => readonly { readonly name: string; readonly startTime: number }[];
}

suite('activation', () => {
  test('a folder with alphasteer.json activates the extension, and every command of the manifest is there', async () => {
    const extension = vscode.extensions.getExtension<undefined>(id);
    assert.ok(extension);
    await extension.activate();
    const manifest = extension.packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      manifest.contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });

  test('the extension host says how long it took to load the bundle and to activate', () => {
    const host = globalThis as { MonacoPerformanceMarks?: Marks };
    const marks = new Map(host.MonacoPerformanceMarks?.getMarks().map(({ name, startTime }) => [name, startTime]));
    const took = (what: string): number =>
      marks.get(`code/extHost/did${what}/${id}`)! - marks.get(`code/extHost/will${what}/${id}`)!;
    const [load, activate] = [took('LoadExtensionCode'), took('ActivateExtension')];
    assert.ok(Number.isFinite(load) && Number.isFinite(activate), [...marks.keys()].join(' '));
    measured(`activation: ${load.toFixed(0)} ms to load the bundle, ${activate.toFixed(0)} ms in activate()`);
  });
});
