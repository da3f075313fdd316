import { access } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import * as vscode from 'vscode';
import { parseConfig } from '../../core/config.ts';
import { isHubId } from '../../core/hub-id.ts';
import type { Problem } from '../../core/problem.ts';
import { matchPromptFiles } from '../../core/prompts/read/prompt-file-matcher.ts';
import { promptFileGlob } from './prompt-file-glob.ts';
import { modelParams } from './settings.ts';

/**
 * What the JSON schema of `alphasteer.json` can't say, which checks its keys and values: entries that match no file, a
 * model that is not there. One of the hub is downloaded, and the setting `alphasteer.model` goes before the file's.
 */
export async function configProblems(document: vscode.TextDocument): Promise<readonly Problem[]> {
  const file = document.uri.fsPath;
  const root = dirname(file);
  const { config, place } = parseConfig(document.getText(), file);
  if (config === null) return [];
  const pattern = new vscode.RelativePattern(root, promptFileGlob);
  const found = await vscode.workspace.findFiles(pattern, '**/{node_modules,.git,.alphasteer}/**');
  const paths = found.map(({ fsPath }) => relative(root, fsPath).split(sep).join('/'));
  const { problems } = matchPromptFiles(config.prompts, paths, file, place);
  if (isHubId(config.model) || modelParams({ root }).model !== undefined) return problems;
  const hasModel = await access(join(resolve(root, config.model), 'config.json')).then(
    () => true,
    () => false,
  );
  if (hasModel) return problems;
  const message = `There is no model folder "${config.model}" here (a folder with config.json, tokenizer.json and onnx/).`;
  const fix = 'Run "AlphaSteer: Select Model".';
  return [...problems, { severity: 'warning', file, ...place(['model']), message, fix }];
}
