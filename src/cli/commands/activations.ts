import { resolve } from 'node:path';
import type { Command } from 'commander';
import { layerNumbers, positive } from '../option-values.ts';
import { runCommand } from '../run-command.ts';
import { ending } from './ending.ts';
import { given } from './given-options.ts';
import { modelCommand, modelParams, type ModelOptions } from './model-options.ts';
import { timesText } from './times-text.ts';

interface ActivationsOptions extends ModelOptions {
  layers: number[];
  out: string;
  workspace: string;
  limit?: number;
}

export function activationsCommand(program: Command): void {
  modelCommand(program, 'activations')
    .description("write the residual stream at each prompt's last token: safetensors, `activations` f32 [n, layers, d]")
    .argument('<file>', 'prompt file')
    .requiredOption('--layers <list>', 'layers, such as 8,12: the input of each', layerNumbers)
    .requiredOption('--out <file>', 'safetensors file to write')
    .option('--workspace <dir>', 'folder with an alphasteer.json', '.')
    .option('--limit <n>', 'use at most so many rows', positive)
    .action(
      ending(async (file: string, options: ActivationsOptions) =>
        runCommand({
          call: 'activations',
          params: {
            ...modelParams(options.workspace, options),
            ...given(options, 'layers', 'limit'),
            out: resolve(options.out),
            file: resolve(file),
          },
          json: options.json === true,
          print: ({ out, shape, seconds }) =>
            `Wrote activations [${shape.join(', ')}] to ${out}.\n${timesText(seconds)}`,
        }),
      ),
    );
}
