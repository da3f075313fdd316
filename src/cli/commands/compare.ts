import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ControlName } from '../../core/controls/controls.ts';
import { controlList, fromZero, positive } from '../option-values.ts';
import { runCommand } from '../run-command.ts';
import { comparisonText } from './compare-text.ts';
import { ending } from './ending.ts';
import { given, givenOut } from './given-options.ts';
import { modelCommand, modelParams, type ModelOptions } from './model-options.ts';
import { timesText } from './times-text.ts';

interface CompareOptions extends ModelOptions {
  run?: string;
  limit?: number;
  strength?: number;
  maxNewTokens?: number;
  prompts?: string[];
  controls?: ControlName[];
  out?: string;
}

export function compareCommand(program: Command): void {
  modelCommand(program, 'compare')
    .description('reply to the evaluation prompts, base and steered, judge both, and write the report')
    .argument('[workspace]', 'folder with an alphasteer.json', '.')
    .option('--run <run>', 'run folder or its name; the newest one otherwise')
    .option('--limit <n>', 'use at most so many prompts of each kind', positive)
    .option('--strength <x>', 'steering strength, instead of the one of the fit', fromZero)
    .option('--max-new-tokens <n>', 'length of a reply, instead of the one in alphasteer.json', positive)
    .option('--prompts <files...>', 'prompt files to compare on, instead of those of alphasteer.json; needs --out')
    .option('--controls <list>', 'what to compare with as well: all, none, or names such as cast,random-w', controlList)
    .option('--out <dir>', 'folder for replies, summary and report, instead of the run folder')
    .action(
      ending(async (workspace: string, options: CompareOptions) =>
        runCommand({
          call: 'compare',
          params: {
            ...modelParams(workspace, options),
            ...given(options, 'run', 'limit', 'strength', 'maxNewTokens', 'controls'),
            ...givenOut(options),
            ...(options.prompts !== undefined && { prompts: options.prompts.map((file) => resolve(file)) }),
          },
          json: options.json === true,
          print: (result) => `${comparisonText(result)}\n${timesText(result.seconds)}`,
        }),
      ),
    );
}
