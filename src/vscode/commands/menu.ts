import * as vscode from 'vscode';
import type { ModelProcess } from '../model-process.ts';

const actions = [
  { label: '$(beaker) Fit AlphaSteer', command: 'alphasteer.fit' },
  { label: '$(package) Select Model', command: 'alphasteer.selectModel' },
  { label: '$(git-compare) Compare Base and Steered', command: 'alphasteer.compare' },
  { label: '$(play) Test Prompt', command: 'alphasteer.testPrompt' },
  { label: '$(graph) Open Refusal Report', command: 'alphasteer.openRefusalReport' },
  { label: '$(graph-line) Open Steering Norms', command: 'alphasteer.openSteeringNorms' },
  { label: '$(output) Show Log', command: 'alphasteer.showLog' },
];

/** What the status bar item opens: Stop while a job runs, else what can be begun. */
export function menuCommand(model: ModelProcess): () => Promise<void> {
  return async () => {
    const { job } = model;
    const stop = job === undefined ? [] : [{ label: `$(debug-stop) Stop ${job.title}`, command: 'alphasteer.stop' }];
    const picked = await vscode.window.showQuickPick([...stop, ...actions], { title: 'AlphaSteer' });
    if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
  };
}
