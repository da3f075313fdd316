import { resolve } from 'node:path';
import type { Command } from 'commander';
import { layerNumbers, number } from '../option-values.ts';
import { runCommand } from '../run-command.ts';
import { ending } from './ending.ts';
import { importText } from './import-text.ts';
import { given, givenOut } from './given-options.ts';
import { modelCommand, modelParams, type ModelOptions } from './model-options.ts';

interface ImportOptions extends ModelOptions {
  strength: number;
  workspace: string;
  layers?: number[];
  nearest?: boolean;
  out?: string;
}

export function importCommand(program: Command): void {
  modelCommand(program, 'import')
    .description("take the authors' steering_matrix_*.pt as a run; the file is read and nothing of it is executed")
    .argument('<file>', 'PyTorch file with a tensor [layers, d, d]')
    .requiredOption(
      '--strength <x>',
      "strength, as in the authors' settings: negative, such as --strength=-0.4",
      number,
    )
    .option('--workspace <dir>', 'folder with an alphasteer.json', '.')
    .option('--layers <list>', 'layers to take, instead of all that are not zero', layerNumbers)
    .option('--nearest', 'take the nearest matrix of rank one, however far it is')
    .option('--out <dir>', 'folder of the run, instead of .alphasteer/runs/<time>-<hash>')
    .action(
      ending(async (file: string, options: ImportOptions) =>
        runCommand({
          call: 'import',
          params: {
            ...modelParams(options.workspace, options),
            ...given(options, 'strength', 'layers', 'nearest'),
            ...givenOut(options),
            file: resolve(file),
          },
          json: options.json === true,
          print: importText,
        }),
      ),
    );
}
