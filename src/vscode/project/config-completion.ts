import { basename, dirname, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { configFileName } from '../../core/config-file-name.ts';
import { promptFileGlob } from './prompt-file-glob.ts';

/**
 * Paths in `alphasteer.json`: prompt files for `files`, model folders for `model`. Keys and choices are completed by its
 * JSON schema.
 */
export class ConfigCompletion implements vscode.CompletionItemProvider, vscode.Disposable {
  readonly #registration = vscode.languages.registerCompletionItemProvider(
    { scheme: 'file', pattern: `**/${configFileName}` },
    this,
    '"',
    '/',
  );

  async provideCompletionItems(document: vscode.TextDocument, at: vscode.Position): Promise<vscode.CompletionItem[]> {
    const { getLocation } = await import('jsonc-parser');
    const { path, isAtPropertyKey, previousNode } = getLocation(document.getText(), document.offsetAt(at));
    if (isAtPropertyKey) return [];
    const root = dirname(document.uri.fsPath);
    const paths = await this.#pathsFor(path.at(-1), root);
    const range =
      previousNode?.type === 'string'
        ? new vscode.Range(
            document.positionAt(previousNode.offset),
            document.positionAt(previousNode.offset + previousNode.length),
          )
        : undefined;
    return paths.map((one) => {
      const item = new vscode.CompletionItem(JSON.stringify(one), vscode.CompletionItemKind.File);
      if (range !== undefined) item.range = range;
      return item;
    });
  }

  async #pathsFor(key: string | number | undefined, root: string): Promise<string[]> {
    const find = async (glob: string): Promise<string[]> => {
      const found = await vscode.workspace.findFiles(
        new vscode.RelativePattern(root, glob),
        '**/{node_modules,.git,.alphasteer}/**',
      );
      return found.map(({ fsPath }) => relative(root, fsPath).split(sep).join('/')).sort();
    };
    if (key === 'files') return (await find(promptFileGlob)).filter((path) => path !== configFileName);
    if (key !== 'model') return [];
    const graphs = await find('**/*.onnx');
    const folders = graphs.map((graph) =>
      basename(dirname(graph)) === 'onnx' ? dirname(dirname(graph)) : dirname(graph),
    );
    return [...new Set(folders)];
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
