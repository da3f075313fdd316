import type { Command } from 'commander';
import { fromZero, positive } from '../option-values.ts';
import { runCommand } from '../run-command.ts';
import { askText, streamReplies } from './ask-text.ts';
import { ending } from './ending.ts';
import { given } from './given-options.ts';
import { modelCommand, modelParams, type ModelOptions } from './model-options.ts';

interface AskOptions extends ModelOptions {
  workspace: string;
  run?: string;
  strength?: number;
  maxNewTokens?: number;
}

export function askCommand(program: Command): void {
  modelCommand(program, 'ask')
    .description('reply to one prompt, base and steered, with its score and steering norm at each layer')
    .argument('<prompt>', 'the prompt')
    .option('--workspace <dir>', 'folder with an alphasteer.json', '.')
    .option('--run <run>', 'run folder or its name; the newest one otherwise')
    .option('--strength <x>', 'steering strength, instead of the one of the fit', fromZero)
    .option('--max-new-tokens <n>', 'length of a reply', positive)
    .action(
      ending(async (prompt: string, options: AskOptions) =>
        runCommand({
          call: 'ask',
          params: {
            ...modelParams(options.workspace, options),
            ...given(options, 'run', 'strength', 'maxNewTokens'),
            question: { text: prompt },
          },
          json: options.json === true,
          print: askText,
          listener: { text: streamReplies(process.stderr) },
        }),
      ),
    );
}
