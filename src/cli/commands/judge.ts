import type { Command } from 'commander';
import type { JudgeParams } from '../../rpc/worker-api.ts';
import { positive, webAddress } from '../option-values.ts';
import { exitStatus, runCommand } from '../run-command.ts';
import { ending } from './ending.ts';
import { given } from './given-options.ts';
import { judgeText, mayBeSent } from './judge-text.ts';
import { modelCommand, modelParams, type ModelOptions } from './model-options.ts';

interface JudgeOptions extends ModelOptions {
  endpoint?: string;
  name?: string;
  keyEnv?: string;
  local?: boolean;
  yes?: boolean;
  workspace: string;
  limit?: number;
}

export function judgeCommand(program: Command): void {
  modelCommand(program, 'judge')
    .description('have the replies of a run judged a second time, by a model behind an API or by the local model')
    .argument('<run>', 'run folder or its name')
    .option(
      '--endpoint <url>',
      'OpenAI-compatible API, such as https://api.example.com/v1; replies are sent there',
      webAddress,
    )
    .option('--name <model>', 'model to ask there')
    .option('--key-env <variable>', 'environment variable that holds the key')
    .option('--local', 'ask the local model instead; a small one is no judge, and its kappa says so')
    .option('--yes', 'send without asking first')
    .option('--workspace <dir>', 'folder with an alphasteer.json', '.')
    .option('--limit <n>', 'judge at most so many different replies', positive)
    .action(
      ending(async (run: string, options: JudgeOptions) => {
        const params = judgeParams(program, run, options);
        if (params.endpoint !== undefined && options.yes !== true && !(await mayBeSent(params, params.endpoint.url))) {
          process.stderr.write('Nothing was sent.\n');
          return exitStatus.cancelled;
        }
        return runCommand({ call: 'judge', params, json: options.json === true, print: judgeText });
      }),
    );
}

function judgeParams(program: Command, run: string, options: JudgeOptions): JudgeParams {
  const { endpoint: url, name: model, keyEnv: keyVariable } = options;
  const params = { ...modelParams(options.workspace, options), ...given(options, 'limit'), run };
  if (options.local === true && url === undefined) return params;
  if (options.local === true || url === undefined || model === undefined)
    return program.error('Give either --endpoint with --name, or --local.', { exitCode: exitStatus.usage });
  return { ...params, endpoint: { url, model, ...(keyVariable !== undefined && { keyVariable }) } };
}
