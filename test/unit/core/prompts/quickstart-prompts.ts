import { readFileSync } from 'node:fs';
import { parsePromptFile } from '../../../../src/core/prompts/read/parse-prompt-file.ts';
import type { Prompt } from '../../../../src/core/prompts/prompt.ts';

/** The prompts of files of the quickstart workspace, in order: `benign`, `jailbreak-heldout`, ... */
export function quickstartPrompts(...names: string[]): Prompt[] {
  return names.flatMap((name) => {
    const file = `prompts/${name}.jsonl`;
    return parsePromptFile(file, readFileSync(`examples/quickstart/${file}`, 'utf8')).prompts;
  });
}
