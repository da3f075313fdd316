import * as vscode from 'vscode';
import { parsePromptFile, type ParsedPromptFile } from '../../core/prompts/read/parse-prompt-file.ts';
import type { Projects, PromptFileUse } from '../project/project.ts';

export interface PromptDocument extends ParsedPromptFile {
  readonly use: PromptFileUse;
}

/** The prompts of open prompt files, parsed once a version. */
export class PromptDocuments implements vscode.Disposable {
  readonly #projects: Projects;
  readonly #subscription: vscode.Disposable;
  #parsed = new WeakMap<vscode.TextDocument, { readonly version: number; readonly result: PromptDocument }>();

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#subscription = projects.onDidChange(() => {
      // A changed alphasteer.json may read the same text otherwise.
      this.#parsed = new WeakMap();
    });
  }

  /** Undefined for a document that no project names as prompts. */
  of(document: vscode.TextDocument): PromptDocument | undefined {
    const use = this.#projects.useOf(document.uri);
    if (use === undefined) return undefined;
    const { version } = document;
    const known = this.#parsed.get(document);
    if (known?.version === version) return known.result;
    const result = { use, ...parsePromptFile(use.path, document.getText(), use.options) };
    this.#parsed.set(document, { version, result });
    return result;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
