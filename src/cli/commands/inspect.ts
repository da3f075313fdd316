import type { Command } from 'commander';
import { runCommand } from '../run-command.ts';
import { ending } from './ending.ts';
import { inspectText } from './inspect-text.ts';
import { modelCommand, modelParams, type ModelOptions } from './model-options.ts';

interface InspectOptions extends ModelOptions {
  workspace: string;
}

export function inspectCommand(program: Command): void {
  modelCommand(program, 'inspect')
    .description('say what a model is made of and where it would run, and check that strength 0 changes nothing')
    .argument('[model]', 'model folder; the one of alphasteer.json otherwise')
    .option('--workspace <dir>', 'folder with an alphasteer.json', '.')
    .action(
      ending(async (model: string | undefined, options: InspectOptions) =>
        runCommand({
          call: 'inspect',
          params: modelParams(options.workspace, model === undefined ? options : { ...options, model }),
          json: options.json === true,
          print: inspectText,
          isBad: ({ strengthZero }) => !strengthZero.every(({ equal }) => equal),
        }),
      ),
    );
}
