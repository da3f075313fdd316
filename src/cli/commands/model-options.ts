import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ModelParams } from '../../rpc/worker-api.ts';
import { positive } from '../option-values.ts';
import { given } from './given-options.ts';

/** What is said of the model and of the output, by any command that needs a model. */
export interface ModelOptions {
  model?: string;
  dtype?: string;
  device?: string;
  threads?: number;
  json?: boolean;
}

/** Adds a command with the options of the model. */
export function modelCommand(program: Command, name: string): Command {
  return program
    .command(name)
    .option('--model <path>', 'model folder, instead of the one in alphasteer.json')
    .option('--dtype <dtype>', 'weights to use: fp32, fp16, q4, q4f16, q8, int8, uint8, bnb4')
    .option('--device <device>', 'auto, cpu, cuda, webgpu, dml or coreml')
    .option('--threads <n>', 'threads of the CPU provider', positive)
    .option('--json', 'print one JSON document on stdout')
    .exitOverride();
}

/** @param workspace folder with an `alphasteer.json`, from the working folder */
export function modelParams(workspace: string, options: ModelOptions): ModelParams {
  return { workspace: resolve(workspace), ...given(options, 'model', 'dtype', 'device', 'threads') };
}
