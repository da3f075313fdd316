import { getLocation } from 'jsonc-parser';
import * as vscode from 'vscode';
import { labels } from '../../core/prompts/prompt.ts';
import type { Projects } from '../project/project.ts';

const fields = {
  prompt: 'What the model is asked.',
  label: 'What the prompt is: benign and borderline ones should be answered, harmful ones and jailbreaks refused.',
  id: 'A name that no other row has; file and line where there is none.',
  attack: 'The kind of jailbreak: rates are given for each.',
  goal: 'What a jailbreak is after: prompts with one goal are never split between fit and evaluation.',
  category: 'A kind of your own, kept with the prompt.',
  template: 'The template that the prompt was made from.',
} as const;

/** Fields and labels in prompt files of JSON and JSON Lines. */
export class PromptCompletion implements vscode.CompletionItemProvider, vscode.Disposable {
  readonly #projects: Projects;
  readonly #registration: vscode.Disposable;

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#registration = vscode.languages.registerCompletionItemProvider(
      { scheme: 'file', pattern: '**/*.{jsonl,json}' },
      this,
      '"',
    );
  }

  provideCompletionItems(document: vscode.TextDocument, at: vscode.Position): vscode.CompletionItem[] {
    const use = this.#projects.useOf(document.uri);
    if (use === undefined) return [];
    const isLines = document.uri.path.endsWith('.jsonl');
    const text = isLines ? document.lineAt(at).text : document.getText();
    const start = isLines ? document.offsetAt(at.with({ character: 0 })) : 0;
    const { path, isAtPropertyKey, previousNode } = getLocation(text, document.offsetAt(at) - start);
    // What is there of the key or value, quotes included, is replaced.
    const range =
      previousNode?.type === 'string' || previousNode?.type === 'property'
        ? new vscode.Range(
            document.positionAt(start + previousNode.offset),
            document.positionAt(start + previousNode.offset + previousNode.length),
          )
        : new vscode.Range(at, at);
    const item = (word: string, kind: vscode.CompletionItemKind, detail: string): vscode.CompletionItem => {
      const made = new vscode.CompletionItem(JSON.stringify(word), kind);
      made.documentation = detail;
      made.range = range;
      return made;
    };
    if (isAtPropertyKey)
      return Object.entries(fields).map(([name, about]) => item(name, vscode.CompletionItemKind.Property, about));
    if (path.at(-1) !== (use.options.labelField ?? 'label')) return [];
    return labels.map((label) => item(label, vscode.CompletionItemKind.EnumMember, fields.label));
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
