import type { Command } from 'commander';
import { fromZero, natural, positive } from '../option-values.ts';
import { runCommand } from '../run-command.ts';
import { attackText } from './attack-text.ts';
import { ending } from './ending.ts';
import { given, givenOut } from './given-options.ts';
import { modelCommand, modelParams, type ModelOptions } from './model-options.ts';
import { timesText } from './times-text.ts';

interface AttackOptions extends ModelOptions {
  run?: string;
  goals: number;
  queries: number;
  strength?: number;
  maxNewTokens?: number;
  seed?: number;
  out?: string;
}

export function attackCommand(program: Command): void {
  modelCommand(program, 'attack')
    .description(
      'search suffixes under which prompts slip past the steering that made the model refuse them; needs a compared run',
    )
    .argument('[workspace]', 'folder with an alphasteer.json', '.')
    .option('--run <run>', 'run folder or its name; the newest one otherwise')
    .option('--goals <n>', 'most prompts attacked', positive, 20)
    .option('--queries <n>', 'candidates tried for each prompt', positive, 256)
    .option('--strength <x>', 'steering strength, instead of the one of the fit', fromZero)
    .option('--max-new-tokens <n>', 'length of a reply', positive)
    .option('--seed <n>', 'seed of the search', natural)
    .option('--out <file>', 'prompt file for the attacked prompts, instead of attack.jsonl in the run folder')
    .action(
      ending(async (workspace: string, options: AttackOptions) =>
        runCommand({
          call: 'attack',
          params: {
            ...modelParams(workspace, options),
            ...given(options, 'run', 'goals', 'queries', 'strength', 'maxNewTokens', 'seed'),
            ...givenOut(options),
          },
          json: options.json === true,
          print: (result) => `${attackText(result)}\n${timesText(result.seconds)}`,
        }),
      ),
    );
}
