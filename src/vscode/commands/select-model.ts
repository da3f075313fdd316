import { join, relative, resolve, sep } from 'node:path';
import { modify } from 'jsonc-parser';
import * as vscode from 'vscode';
import { configFileName } from '../../core/config-file-name.ts';
import { isHubId } from '../../core/hub-id.ts';
import type { InspectResult } from '../../rpc/worker-api.ts';
import type { ModelProcess } from '../model/model-process.ts';
import type { Projects } from '../project/project.ts';
import type { Project } from '../project/read-project.ts';
import { mayRunModels, runJob } from '../model/run-job.ts';
import { modelParams } from '../project/settings.ts';
import { showMessage } from '../show-problem.ts';
import { chooseProject } from './choose-project.ts';

const recentKey = 'recentModels';
const mostRecent = 8;
const fromHub = { label: '$(cloud-download) From the Hub…', detail: 'By its id, owner/name' };

/**
 * Select Model: a model folder of the project, a recent one, any folder, or one of the hub. A folder inside the project and
 * a hub id are named in `alphasteer.json`; a folder outside becomes the workspace setting `alphasteer.model`, because
 * paths in that file stay inside its folder. Then the model is checked, which downloads one of the hub.
 */
export function selectModelCommand(parts: {
  readonly projects: Projects;
  readonly model: ModelProcess;
  readonly recent: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
}): (target?: vscode.Uri) => Promise<InspectResult | undefined> {
  const { projects, model, recent, log } = parts;
  const check = async (project: Project): Promise<InspectResult | undefined> => {
    const params = modelParams(project);
    const again = (): unknown => check(project);
    const result = await runJob(model, log, { call: 'inspect', title: 'Check Model', params, again });
    if (result !== undefined) {
      const holds = result.strengthZero.every(({ equal }) => equal);
      void showMessage(holds ? 'Information' : 'Warning', modelSentence(result), {
        title: 'Fit AlphaSteer',
        run: () => vscode.commands.executeCommand('alphasteer.fit', vscode.Uri.file(project.root)),
      });
    }
    return result;
  };
  return async (target) => {
    // Not only the check: which model a folder names is not changed either before the folder is trusted.
    if (!mayRunModels()) return undefined;
    const project = await chooseProject(projects, 'Select Model', target);
    if (project === undefined) return undefined;
    const used = recent.get<readonly string[]>(recentKey, []);
    const folder = await pickFolder(project, used);
    if (folder === undefined) return undefined;
    await useModel(project, folder);
    await recent.update(recentKey, [folder, ...used.filter((one) => one !== folder)].slice(0, mostRecent));
    await projects.read();
    return check(projects.projectOf(vscode.Uri.file(project.root)) ?? project);
  };
}

async function pickFolder({ root }: Project, recent: readonly string[]): Promise<string | undefined> {
  const graphs = await vscode.workspace.findFiles(new vscode.RelativePattern(root, '**/*.onnx'), '**/node_modules/**');
  const own = [...new Set(graphs.map(({ fsPath }) => resolve(fsPath, '..').replace(/[\\/]onnx$/, '')))].sort();
  const separator = (label: string): vscode.QuickPickItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const items: (vscode.QuickPickItem & { folder?: string })[] = [
    separator('in this folder'),
    ...own.map((folder) => ({ label: `$(package) ${relative(root, folder).split(sep).join('/') || '.'}`, folder })),
    separator('recent'),
    ...recent.filter((folder) => !own.includes(folder)).map((folder) => ({ label: `$(history) ${folder}`, folder })),
    separator('elsewhere'),
    { label: '$(folder-opened) Browse…', detail: 'A folder with config.json, tokenizer.json and onnx/' },
    fromHub,
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: 'AlphaSteer: Select Model',
    placeHolder: 'A chat model as ONNX, in the layout of transformers.js',
  });
  if (picked === undefined || picked.folder !== undefined) return picked?.folder;
  if (picked === fromHub) return askHubId();
  const browsed = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    title: 'AlphaSteer: Select the Folder of a Model',
    openLabel: 'Use This Model',
  });
  return browsed?.[0]?.fsPath;
}

async function askHubId(): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: 'AlphaSteer: Model of the Hub',
    prompt: 'The id of an ONNX chat model in the layout of transformers.js. It is downloaded once.',
    placeHolder: 'onnx-community/Qwen2.5-0.5B-Instruct',
    validateInput: (id) => (isHubId(id) ? undefined : 'An id is an owner and a name: owner/name'),
  });
}

async function useModel({ root }: Project, folder: string): Promise<void> {
  const insideRoot = folder.startsWith(root + sep) ? relative(root, folder).split(sep).join('/') : undefined;
  const inside = isHubId(folder) ? folder : insideRoot;
  const settings = vscode.workspace.getConfiguration('alphasteer', vscode.Uri.file(root));
  const { Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
  // Of several open folders, the others keep their models.
  if (inside === undefined) return settings.update('model', folder, WorkspaceFolder);
  const set = settings.inspect('model');
  if (set?.workspaceFolderValue !== undefined) await settings.update('model', undefined, WorkspaceFolder);
  if (set?.workspaceValue !== undefined) await settings.update('model', undefined, Workspace);
  // Not on disk: it may be open, with changes that are not saved.
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(join(root, configFileName)));
  const edit = new vscode.WorkspaceEdit();
  for (const { offset, length, content } of modify(document.getText(), ['model'], inside, {})) {
    const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
    edit.replace(document.uri, range, content);
  }
  await vscode.workspace.applyEdit(edit);
  await document.save();
}

function modelSentence({ layers, hiddenSize, dtype, device, strengthZero }: InspectResult): string {
  const broken = strengthZero.filter(({ equal }) => !equal);
  const zero =
    broken.length === 0
      ? 'At strength 0 it gives the untouched model’s logits bit for bit.'
      : `Strength 0 changes the logits (${broken.map(({ shape, step }) => `${step}, ${shape}`).join('; ')}): do not rely on comparisons with this model.`;
  return `The model has ${layers} layers of width ${hiddenSize}, ${dtype} weights, and runs on ${device.device}. ${zero}`;
}
