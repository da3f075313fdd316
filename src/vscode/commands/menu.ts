import * as vscode from 'vscode';
import type { ModelProcess } from '../model/model-process.ts';

/** They load a model. */
const trusted = [
  { label: '$(beaker) Fit AlphaSteer', command: 'alphasteer.fit' },
  { label: '$(package) Select Model', command: 'alphasteer.selectModel' },
  { label: '$(git-compare) Compare Base and Steered', command: 'alphasteer.compare' },
  { label: '$(play) Test Prompt', command: 'alphasteer.testPrompt' },
  { label: '$(pulse) Doctor', command: 'alphasteer.doctor' },
];
const always = [
  { label: '$(graph) Open Refusal Report', command: 'alphasteer.openRefusalReport' },
  { label: '$(graph-line) Open Steering Norms', command: 'alphasteer.openSteeringNorms' },
  { label: '$(export) Export', command: 'alphasteer.export' },
  { label: '$(output) Show Log', command: 'alphasteer.showLog' },
];

const manageTrust = { label: '$(workspace-untrusted) Manage Trust', command: 'workbench.trust.manage' };

/** What the status bar item opens: Stop while a job runs, and what can be begun; in Restricted Mode, what opens and the way out of it. */
export function menuCommand(model: ModelProcess): () => Promise<void> {
  return async () => {
    const { job } = model;
    const stop = job === undefined ? [] : [{ label: `$(debug-stop) Stop ${job.title}`, command: 'alphasteer.stop' }];
    const actions = vscode.workspace.isTrusted ? [...trusted, ...always] : [...always, manageTrust];
    const picked = await vscode.window.showQuickPick([...stop, ...actions], { title: 'AlphaSteer' });
    if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
  };
}
