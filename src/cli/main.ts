/** `alphasteer`: the same core and the same worker as in the editor, without one. */
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { controlNames, type ControlName } from '../core/controls/controls.ts';
import { diffText } from '../core/report/diff/diff-text.ts';
import { exportFormats, type ExportFormat } from '../core/report/exports/formats.ts';
import { version } from '../core/version.ts';
import type { JudgeParams, WorkspaceParams } from '../rpc/worker-api.ts';
import { diffRunFolders } from '../workspace/runs/diff-runs.ts';
import { exportRun } from '../workspace/runs/export-run.ts';
import { loadJudge } from '../workspace/load-judge.ts';
import { loadConfig } from '../workspace/load-workspace.ts';
import { findRun } from '../workspace/runs/run-folder.ts';
import { attackText } from './attack-text.ts';
import { askText, streamReplies } from './ask-text.ts';
import { comparisonText } from './compare-text.ts';
import { doctorText } from './doctor-text.ts';
import { fitText } from './fit-text.ts';
import { importText } from './import-text.ts';
import { inspectText } from './inspect-text.ts';
import { judgeText, mayBeSent } from './judge-text.ts';
import { tellOutputErrors } from './output-errors.ts';
import { timesText } from './times-text.ts';
import { exitStatus, runCommand } from './run-command.ts';
import { runOnFiles } from './run-on-files.ts';

interface Options {
  model?: string;
  dtype?: string;
  device?: string;
  threads?: number;
  limit?: number;
  strength?: number;
  layers?: number[];
  seed?: number;
  out?: string;
  json?: boolean;
  run?: string;
  maxNewTokens?: number;
  controls?: ControlName[];
  workspace?: string;
  prompts?: string[];
  goals?: number;
  queries?: number;
}

type DiffOptions = Pick<ExportOptions, 'workspace' | 'json'>;

interface JudgeOptions extends Options {
  endpoint?: string;
  name?: string;
  keyEnv?: string;
  local?: boolean;
  yes?: boolean;
}

interface ExportOptions {
  to: ExportFormat['id'] | 'onnx';
  out: string;
  workspace: string;
  json?: boolean;
}

const program = new Command('alphasteer')
  .description('Fit AlphaSteer refusal steering on your prompts and a local ONNX chat model, and see what it changed.')
  .version(version)
  .configureHelp({ helpWidth: 100 })
  .showHelpAfterError('(alphasteer --help says more)')
  .exitOverride();

let status: number = exitStatus.done;

withModelOptions(program.command('fit'))
  .description('learn steering from the prompt files of a workspace; leaves a run folder')
  .argument('[workspace]', 'folder with an alphasteer.json', '.')
  .option('--limit <n>', 'use at most so many rows of each prompt file of the fit', positive)
  .option('--strength <x>', 'steering strength, instead of choosing one', fromZero)
  .option('--layers <list>', 'layers to steer, such as 8,12,16, instead of choosing them', layerNumbers)
  .option('--seed <n>', 'seed of the splits', natural)
  .option('--out <dir>', 'folder of the run, instead of .alphasteer/runs/<time>-<hash>')
  .action(async (workspace: string, options: Options) => {
    status = await runCommand({
      call: 'fit',
      params: paramsOf(workspace, options),
      json: options.json === true,
      print: (result) => `${fitText(result)}\n${timesText(result.seconds)}`,
    });
  });

withModelOptions(program.command('compare'))
  .description('reply to the evaluation prompts, base and steered, judge both, and write the report')
  .argument('[workspace]', 'folder with an alphasteer.json', '.')
  .option('--run <run>', 'run folder or its name; the newest one otherwise')
  .option('--limit <n>', 'use at most so many prompts of each kind', positive)
  .option('--strength <x>', 'steering strength, instead of the one of the fit', fromZero)
  .option('--max-new-tokens <n>', 'length of a reply, instead of the one in alphasteer.json', positive)
  .option('--prompts <files...>', 'prompt files to compare on, instead of those of alphasteer.json; needs --out')
  .option('--controls <list>', 'what to compare with as well: all, none, or names such as cast,random-w', controlList)
  .option('--out <dir>', 'folder for replies, summary and report, instead of the run folder')
  .action(async (workspace: string, options: Options) => {
    status = await runCommand({
      call: 'compare',
      params: {
        ...paramsOf(workspace, options),
        ...(options.prompts !== undefined && { prompts: options.prompts.map((file) => resolve(file)) }),
        ...(options.controls !== undefined && { controls: options.controls }),
      },
      json: options.json === true,
      print: (result) => `${comparisonText(result)}\n${timesText(result.seconds)}`,
    });
  });

withModelOptions(program.command('ask'))
  .description('reply to one prompt, base and steered, with its score and steering norm at each layer')
  .argument('<prompt>', 'the prompt')
  .option('--workspace <dir>', 'folder with an alphasteer.json', '.')
  .option('--run <run>', 'run folder or its name; the newest one otherwise')
  .option('--strength <x>', 'steering strength, instead of the one of the fit', fromZero)
  .option('--max-new-tokens <n>', 'length of a reply', positive)
  .action(async (prompt: string, options: Options) => {
    status = await runCommand({
      call: 'ask',
      params: { ...paramsOf(options.workspace ?? '.', options), question: { text: prompt } },
      json: options.json === true,
      print: askText,
      listener: { text: streamReplies(process.stderr) },
    });
  });

withModelOptions(program.command('attack'))
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
  .action(async (workspace: string, options: Options & { goals: number; queries: number }) => {
    const { goals, queries } = options;
    status = await runCommand({
      call: 'attack',
      params: { ...paramsOf(workspace, options), goals, queries },
      json: options.json === true,
      print: (result) => `${attackText(result)}\n${timesText(result.seconds)}`,
    });
  });

withModelOptions(program.command('activations'))
  .description("write the residual stream at each prompt's last token: safetensors, `activations` f32 [n, layers, d]")
  .argument('<file>', 'prompt file')
  .requiredOption('--layers <list>', 'layers, such as 8,12: the input of each', layerNumbers)
  .requiredOption('--out <file>', 'safetensors file to write')
  .option('--workspace <dir>', 'folder with an alphasteer.json', '.')
  .option('--limit <n>', 'use at most so many rows', positive)
  .action(async (file: string, options: Options & { layers: number[]; out: string }) => {
    status = await runCommand({
      call: 'activations',
      params: {
        ...paramsOf(options.workspace ?? '.', options),
        file: resolve(file),
        layers: options.layers,
        out: resolve(options.out),
      },
      json: options.json === true,
      print: ({ out, shape, seconds }) => `Wrote activations [${shape.join(', ')}] to ${out}.\n${timesText(seconds)}`,
    });
  });

withModelOptions(program.command('import'))
  .description("take the authors' steering_matrix_*.pt as a run; the file is read and nothing of it is executed")
  .argument('<file>', 'PyTorch file with a tensor [layers, d, d]')
  .requiredOption('--strength <x>', "strength, as in the authors' settings: negative, such as --strength=-0.4", number)
  .option('--workspace <dir>', 'folder with an alphasteer.json', '.')
  .option('--layers <list>', 'layers to take, instead of all that are not zero', layerNumbers)
  .option('--nearest', 'take the nearest matrix of rank one, however far it is')
  .option('--out <dir>', 'folder of the run, instead of .alphasteer/runs/<time>-<hash>')
  .action(async (file: string, options: Options & { strength: number; nearest?: boolean }) => {
    status = await runCommand({
      call: 'import',
      params: {
        ...paramsOf(options.workspace ?? '.', options),
        file: resolve(file),
        strength: options.strength,
        ...(options.nearest === true && { nearest: true }),
      },
      json: options.json === true,
      print: importText,
    });
  });

withModelOptions(program.command('inspect'))
  .description('say what a model is made of and where it would run, and check that strength 0 changes nothing')
  .argument('[model]', 'model folder; the one of alphasteer.json otherwise')
  .option('--workspace <dir>', 'folder with an alphasteer.json', '.')
  .action(async (model: string | undefined, options: Options) => {
    status = await runCommand({
      call: 'inspect',
      params: paramsOf(options.workspace ?? '.', model === undefined ? options : { ...options, model }),
      json: options.json === true,
      print: inspectText,
      isBad: ({ strengthZero }) => !strengthZero.every(({ equal }) => equal),
    });
  });

withModelOptions(program.command('doctor'))
  .description('say what would run where, and how to fix what would not')
  .argument('[workspace]', 'folder with an alphasteer.json', '.')
  .action(async (workspace: string, options: Options) => {
    status = await runCommand({
      call: 'doctor',
      params: paramsOf(workspace, options),
      json: options.json === true,
      print: doctorText,
      isBad: ({ checks }) => checks.some(({ state }) => state === 'error'),
    });
  });

withModelOptions(program.command('judge'))
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
  .action(async (run: string, options: JudgeOptions) => {
    const params = judgeParams(run, options);
    if (params.endpoint !== undefined && options.yes !== true && !(await mayBeSent(params, params.endpoint.url))) {
      process.stderr.write('Nothing was sent.\n');
      status = exitStatus.cancelled;
      return;
    }
    status = await runCommand({ call: 'judge', params, json: options.json === true, print: judgeText });
  });

program
  .command('export')
  .description(
    'save a run as a report, a table, test results, findings or a steering, with the verdicts of people in it',
  )
  .argument('<run>', 'run folder or its name')
  .addOption(
    new Option('--to <format>', 'what to save it as')
      .choices([...exportFormats.map(({ id }) => id), 'onnx'])
      .makeOptionMandatory(),
  )
  .requiredOption('--out <path>', 'file to write; for onnx a folder, of a steered model')
  .option('--workspace <dir>', 'folder with an alphasteer.json', '.')
  .option('--json', 'print one JSON document on stdout')
  .action(async (run: string, options: ExportOptions) => {
    const out = resolve(options.out);
    const format = options.to;
    if (format === 'onnx') {
      status = await runCommand({
        call: 'exportOnnx',
        params: { workspace: resolve(options.workspace), run, out },
        json: options.json === true,
        print: ({ files, strength }) =>
          `Saved the steered model (strength ${strength}, ${files.length} files) to ${out}.`,
      });
      return;
    }
    status = await runOnFiles({
      work: async (report) => {
        const workspace = resolve(options.workspace);
        const folder = await findRun(workspace, run);
        const note = await exportRun(folder, { format, out, built: import.meta.dirname, workspace }, report);
        return { run: folder, format, out, ...(note !== undefined && { note }) };
      },
      json: options.json === true,
      print: ({ note }) => `Saved to ${out}.${note === undefined ? '' : ` ${note}`}`,
    });
  });

program
  .command('diff')
  .description('compare two runs on the prompts that both replied to, judged by the same rules')
  .argument('<before>', 'run folder or its name')
  .argument('<after>', 'run folder or its name')
  .option('--workspace <dir>', 'folder with the alphasteer.json whose judge decides', '.')
  .option('--json', 'print one JSON document on stdout')
  .action(async (before: string, after: string, options: DiffOptions) => {
    const root = resolve(options.workspace);
    status = await runOnFiles({
      work: async (report) => {
        const rules = await loadJudge(root, (await loadConfig(root, report)).config, report);
        const [one, other] = await Promise.all([findRun(root, before), findRun(root, after)]);
        return diffRunFolders(one, other, { ...rules, report });
      },
      json: options.json === true,
      print: diffText,
    });
  });

tellOutputErrors();
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  status = error.exitCode === 0 ? exitStatus.done : exitStatus.usage;
}
process.exitCode = status;

function withModelOptions(command: Command): Command {
  return command
    .option('--model <path>', 'model folder, instead of the one in alphasteer.json')
    .option('--dtype <dtype>', 'weights to use: fp32, fp16, q4, q4f16, q8, int8, uint8, bnb4')
    .option('--device <device>', 'auto, cpu, cuda, webgpu, dml or coreml')
    .option('--threads <n>', 'threads of the CPU provider', positive)
    .option('--json', 'print one JSON document on stdout')
    .exitOverride();
}

function judgeParams(run: string, options: JudgeOptions): JudgeParams {
  const { endpoint: url, name: model, keyEnv: keyVariable } = options;
  const params = { ...paramsOf(options.workspace ?? '.', options), run };
  if (options.local === true && url === undefined) return params;
  if (options.local === true || url === undefined || model === undefined)
    return program.error('Give either --endpoint with --name, or --local.', { exitCode: exitStatus.usage });
  return { ...params, endpoint: { url, model, ...(keyVariable !== undefined && { keyVariable }) } };
}

function paramsOf(workspace: string, options: Options): WorkspaceParams {
  const { model, dtype, device, threads, limit, strength, layers, seed, out, run, maxNewTokens } = options;
  const given = { dtype, device, threads, limit, strength, layers, seed, run, maxNewTokens };
  return {
    workspace: resolve(workspace),
    ...(model !== undefined && { model }),
    ...(out !== undefined && { out: resolve(out) }),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

function natural(text: string): number {
  const value = number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return value;
}

function positive(text: string): number {
  const value = natural(text);
  if (value === 0) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return value;
}

function webAddress(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError('It must be an address that starts with https:// or http://.');
  return text;
}

/** A strength as a fit may have it: below 0 it would push towards answering. */
function fromZero(text: string): number {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError('It must be a number from 0: the larger, the more is refused.');
  return value;
}

function layerNumbers(text: string): number[] {
  const layers = text.split(',').map(natural);
  if (new Set(layers).size < layers.length) throw new InvalidArgumentError('It must name each layer once.');
  return layers;
}

function controlList(text: string): ControlName[] {
  if (text === 'all') return [...controlNames];
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const known = controlNames.find((control) => control === name);
    if (known !== undefined) return known;
    throw new InvalidArgumentError(`There is no control "${name}"; there are ${controlNames.join(', ')}.`);
  });
}
