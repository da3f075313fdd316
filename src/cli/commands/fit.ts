import type { Command } from 'commander';
import { fromZero, layerNumbers, natural, positive } from '../option-values.ts';
import { runCommand } from '../run-command.ts';
import { ending } from './ending.ts';
import { fitText } from './fit-text.ts';
import { given, givenOut } from './given-options.ts';
import { modelCommand, modelParams, type ModelOptions } from './model-options.ts';
import { timesText } from './times-text.ts';

interface FitOptions extends ModelOptions {
  limit?: number;
  strength?: number;
  layers?: number[];
  seed?: number;
  out?: string;
}

export function fitCommand(program: Command): void {
  modelCommand(program, 'fit')
    .description('learn steering from the prompt files of a workspace; leaves a run folder')
    .argument('[workspace]', 'folder with an alphasteer.json', '.')
    .option('--limit <n>', 'use at most so many rows of each prompt file of the fit', positive)
    .option('--strength <x>', 'steering strength, instead of choosing one', fromZero)
    .option('--layers <list>', 'layers to steer, such as 8,12,16, instead of choosing them', layerNumbers)
    .option('--seed <n>', 'seed of the splits', natural)
    .option('--out <dir>', 'folder of the run, instead of .alphasteer/runs/<time>-<hash>')
    .action(
      ending(async (workspace: string, options: FitOptions) =>
        runCommand({
          call: 'fit',
          params: {
            ...modelParams(workspace, options),
            ...given(options, 'limit', 'strength', 'layers', 'seed'),
            ...givenOut(options),
          },
          json: options.json === true,
          print: (result) => `${fitText(result)}\n${timesText(result.seconds)}`,
        }),
      ),
    );
}
