import * as vscode from 'vscode';
import { describeProblem, type Problem } from '../../core/problem.ts';
import { diffRunFolders } from '../../workspace/runs/diff-runs.ts';
import { loadJudge } from '../../workspace/load-judge.ts';
import { loadConfig } from '../../workspace/load-workspace.ts';
import { diffPage } from '../reports/diff-page.ts';
import { runName } from '../runs/run-name.ts';
import type { Runs } from '../runs/runs.ts';
import type { Run } from '../runs/read-runs.ts';
import { showError, showMessage } from '../show-problem.ts';

interface CompareRunsParts {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

/** Compare with Another Run: on the prompts that both replied to, judged by the same rules, the older run first. */
export function compareRunsCommand(parts: CompareRunsParts): (runs: Runs, run: Run) => Promise<void> {
  return async (runs, run) => {
    if (!run.compared) return offerReplies(run);
    const other = await pickOther(runs, run);
    if (other === undefined) return;
    const pair = run.manifest.created < other.manifest.created ? ([run, other] as const) : ([other, run] as const);
    try {
      await show(pair, parts);
    } catch (error) {
      void showError(error, { root: run.project.root, log: parts.log });
    }
  };
}

function offerReplies(run: Run): Promise<void> {
  return showMessage('Information', 'This run has no replies to compare yet.', {
    title: 'Compare Base and Steered',
    run: () => vscode.commands.executeCommand('alphasteer.compare', run.folder),
  });
}

async function pickOther(runs: Runs, run: Run): Promise<Run | undefined> {
  const others = runs.of(run.project).filter(({ compared, folder }) => compared && folder !== run.folder);
  const items = others.map((other) => ({
    label: runName(other),
    ...(other.fit !== undefined && { description: `strength ${other.fit.strength}` }),
    other,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Compare ${runName(run)} With`,
    placeHolder: items.length === 0 ? 'There is no other run with replies' : 'A run',
  });
  return picked?.other;
}

async function show([before, after]: readonly [Run, Run], { extensionUri, log }: CompareRunsParts): Promise<void> {
  const { root } = before.project;
  const report = (problem: Problem): void => log.warn(describeProblem(problem));
  const rules = await loadJudge(root, (await loadConfig(root, report)).config, report);
  const diff = await diffRunFolders(before.folder, after.folder, { ...rules, report });
  const title = `${runName(before)} → ${runName(after)}`;
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const panel = vscode.window.createWebviewPanel('alphasteer.diff', title, vscode.ViewColumn.Active, {
    enableScripts: false,
    localResourceRoots: [folder],
  });
  panel.webview.html = diffPage(diff, {
    title,
    style: panel.webview.asWebviewUri(vscode.Uri.joinPath(folder, 'webview.css')).toString(),
    source: panel.webview.cspSource,
  });
}
