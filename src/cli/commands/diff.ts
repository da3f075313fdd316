import { resolve } from 'node:path';
import type { Command } from 'commander';
import { diffText } from '../../core/report/diff/diff-text.ts';
import { loadJudge } from '../../workspace/load-judge.ts';
import { loadConfig } from '../../workspace/load-workspace.ts';
import { diffRunFolders } from '../../workspace/runs/diff-runs.ts';
import { findRun } from '../../workspace/runs/run-folder.ts';
import { runOnFiles } from '../run-on-files.ts';
import { ending } from './ending.ts';

interface DiffOptions {
  workspace: string;
  json?: boolean;
}

export function diffCommand(program: Command): void {
  program
    .command('diff')
    .description('compare two runs on the prompts that both replied to, judged by the same rules')
    .argument('<before>', 'run folder or its name')
    .argument('<after>', 'run folder or its name')
    .option('--workspace <dir>', 'folder with the alphasteer.json whose judge decides', '.')
    .option('--json', 'print one JSON document on stdout')
    .action(
      ending(async (before: string, after: string, options: DiffOptions) => {
        const root = resolve(options.workspace);
        return runOnFiles({
          work: async (report) => {
            const rules = await loadJudge(root, (await loadConfig(root, report)).config, report);
            const [one, other] = await Promise.all([findRun(root, before), findRun(root, after)]);
            return diffRunFolders(one, other, { ...rules, report });
          },
          json: options.json === true,
          print: diffText,
        });
      }),
    );
}
