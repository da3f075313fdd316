import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { lensesOf, open, until, workspaceRoot } from './editor.ts';
import { measured } from './measured.ts';

async function write(path: string, text: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(workspaceRoot(), path);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

async function replaceAll(editor: vscode.TextEditor, text: string): Promise<void> {
  const all = new vscode.Range(0, 0, editor.document.lineCount, 0);
  await editor.edit((edit) => edit.replace(all, text));
}

const titles = (lenses: readonly vscode.CodeLens[], line: number): (string | undefined)[] =>
  lenses.filter(({ range }) => range.start.line === line).map(({ command }) => command?.title);

async function completions(document: vscode.TextDocument, at: vscode.Position): Promise<string[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    at,
  );
  return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

suite('prompt files', () => {
  test('each prompt has Test and Compare above its line, and files that no entry names have nothing', async () => {
    const { document } = await open('prompts/benign.jsonl');
    const lenses = await lensesOf(document.uri);
    assert.deepEqual(titles(lenses, 0), ['$(play)\u00a0Test', 'Compare']);
    assert.deepEqual(titles(lenses, 5), ['$(play)\u00a0Test', 'Compare']);
    const other = await write('notes.jsonl', '{"prompt": "not a prompt file of alphasteer.json"}\n');
    await vscode.workspace.openTextDocument(other);
    assert.deepEqual(await lensesOf(other), []);
  });

  test('csv, json and txt have them at the line where the prompt stands', async () => {
    const config = vscode.Uri.joinPath(workspaceRoot(), 'alphasteer.json');
    const before = await vscode.workspace.fs.readFile(config);
    const files = {
      'prompts/benign-heldout.csv': 'id,prompt\n1,first\n2,"second\nsecond line"\n3,third\n',
      'prompts/harmful-heldout.json': '[\n  { "prompt": "first" },\n  { "prompt": "second" }\n]\n',
      'prompts/jailbreak-heldout.txt': 'first\nsecond\n',
    };
    const text = new TextDecoder().decode(before).replace('prompts/*-heldout.jsonl', 'prompts/*-heldout.*');
    await vscode.workspace.fs.writeFile(config, new TextEncoder().encode(text));
    for (const [path, content] of Object.entries(files)) {
      const uri = await write(path, content);
      await vscode.workspace.openTextDocument(uri);
      const lines = await until(`lenses of ${path}`, async () => {
        const found = await lensesOf(uri);
        return found.length > 0 ? new Set(found.map(({ range }) => range.start.line)) : undefined;
      });
      const expected = { csv: [1, 2, 4], json: [1, 2], txt: [0, 1] }[path.split('.')[1]!];
      assert.deepEqual([...lines].sort(), expected, path);
    }
    await vscode.workspace.fs.writeFile(config, before);
  });

  test('a row that is edited into nonsense is a problem at its line, and mending it takes the problem away', async () => {
    const uri = await write('prompts/borderline-heldout.jsonl', '{"prompt": "one"}\n{"prompt": "two"}\n');
    const editor = await vscode.window.showTextDocument(uri);
    await replaceAll(editor, '{"prompt": "one"}\n{"prompt": 7}\n');
    const [found] = await until('a diagnostic', () => {
      const all = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'AlphaSteer');
      return all.length > 0 ? all : undefined;
    });
    assert.equal(found!.range.start.line, 1);
    assert.match(found!.message, /not text/);
    await replaceAll(editor, '{"prompt": "one"}\n{"prompt": "two"}\n');
    await until('no diagnostic', () => vscode.languages.getDiagnostics(uri).length === 0 || undefined);
    await editor.document.save();
  });

  test('an entry of alphasteer.json that matches no file is a problem at its place', async () => {
    const editor = await open('alphasteer.json');
    const text = editor.document.getText();
    await replaceAll(editor, text.replace('prompts/harmful.jsonl', 'prompts/harmfull.jsonl'));
    const [found] = await until('a diagnostic', () => {
      const all = vscode.languages.getDiagnostics(editor.document.uri).filter(({ source }) => source === 'AlphaSteer');
      return all.length > 0 ? all : undefined;
    });
    assert.match(found!.message, /No file of the workspace matches "prompts\/harmfull.jsonl"/);
    assert.match(editor.document.lineAt(found!.range.start.line).text, /harmfull/);
    await replaceAll(editor, text);
    await editor.document.save();
  });

  test('a model that is nowhere is a problem; one of the hub, and one that the setting names, are none', async () => {
    const editor = await open('alphasteer.json');
    const text = editor.document.getText();
    const settings = vscode.workspace.getConfiguration('alphasteer', workspaceRoot());
    const name = async (model: string): Promise<void> => replaceAll(editor, text.replace('"model": "model"', model));
    const isFound = (wanted: boolean): Promise<boolean> =>
      until(`${wanted ? 'a' : 'no'} diagnostic`, () => {
        const all = vscode.languages.getDiagnostics(editor.document.uri);
        return all.some(({ message }) => message.includes('There is no model folder')) === wanted || undefined;
      });
    await name('"model": "nowhere"');
    await isFound(true);
    await name('"model": "owner/name"');
    await isFound(false);
    await name('"model": "nowhere"');
    await isFound(true);
    await settings.update('model', '/models/outside', vscode.ConfigurationTarget.Workspace);
    await isFound(false);
    await settings.update('model', undefined, vscode.ConfigurationTarget.Workspace);
    await isFound(true);
    await replaceAll(editor, text);
    await editor.document.save();
  });

  test('paths are completed in alphasteer.json, and keys by its schema', async () => {
    const { document } = await open('alphasteer.json');
    const at = (needle: string): vscode.Position =>
      document.positionAt(document.getText().indexOf(needle) + needle.length);
    assert.ok((await completions(document, at('"files": "prom'))).includes('"prompts/harmful.jsonl"'));
    assert.ok((await completions(document, at('"model": "'))).includes('"model"'));
    await until('the schema', async () =>
      (await completions(document, at('"fit": { '))).includes('targetRefusal') ? true : undefined,
    );
  });

  test('labels and fields are completed in a prompt file', async () => {
    const uri = await write('prompts/jailbreak-more-heldout.jsonl', '{"prompt": "one", "label": "", "": 1}\n');
    const { document } = await vscode.window.showTextDocument(uri);
    const at = (needle: string): vscode.Position => new vscode.Position(0, document.getText().indexOf(needle) + 1);
    const found = await until('labels', async () => {
      const items = await completions(document, at('"", "": 1'));
      return items.includes('"jailbreak"') ? items : undefined;
    });
    assert.ok(['"benign"', '"borderline"', '"harmful"'].every((label) => found.includes(label)));
    assert.ok((await completions(document, at('"": 1'))).includes('"attack"'));
    await vscode.workspace.fs.delete(uri);
  });

  test('50,000 prompts: lenses are made around what is visible', async () => {
    const rows = Array.from({ length: 50_000 }, (_, i) =>
      JSON.stringify({ id: `b-${i}`, prompt: `Prompt number ${i}` }),
    );
    // A file of its own: of one that is open, the editor may show the old text for a while.
    const uri = await write('prompts/benign-many-heldout.jsonl', `${rows.join('\n')}\n`);
    const editor = await vscode.window.showTextDocument(uri);
    const begun = performance.now();
    const top = await lensesOf(uri);
    const first = performance.now() - begun;
    assert.ok(top.length > 0 && top.length < 2_000, `${top.length} lenses`);
    assert.ok(top.some(({ range }) => range.start.line === 0));
    editor.revealRange(new vscode.Range(40_000, 0, 40_000, 0), vscode.TextEditorRevealType.AtTop);
    await until('the editor to scroll', () => editor.visibleRanges[0]!.start.line > 39_000 || undefined);
    const again = performance.now();
    const below = await lensesOf(uri);
    assert.ok(below.some(({ range }) => range.start.line === 40_000));
    assert.ok(below.length < 2_000);
    measured(
      `CodeLens of 50,000 prompts: ${first.toFixed(0)} ms first, ${(performance.now() - again).toFixed(0)} ms after a scroll`,
    );
  });
});
