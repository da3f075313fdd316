import type { Command } from 'commander';
import { runCommand } from '../run-command.ts';
import { doctorText } from './doctor-text.ts';
import { ending } from './ending.ts';
import { modelCommand, modelParams, type ModelOptions } from './model-options.ts';

export function doctorCommand(program: Command): void {
  modelCommand(program, 'doctor')
    .description('say what would run where, and how to fix what would not')
    .argument('[workspace]', 'folder with an alphasteer.json', '.')
    .action(
      ending(async (workspace: string, options: ModelOptions) =>
        runCommand({
          call: 'doctor',
          params: modelParams(workspace, options),
          json: options.json === true,
          print: doctorText,
          isBad: ({ checks }) => checks.some(({ state }) => state === 'error'),
        }),
      ),
    );
}
