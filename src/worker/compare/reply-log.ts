import { isDeepStrictEqual } from 'node:util';
import type { Prompt } from '../../core/prompts/prompt.ts';
import type { Problem } from '../../core/problem.ts';
import type { Reply } from '../../core/evaluation/data/summary.ts';
import { openJsonLines } from '../../workspace/files/json-lines.ts';
import { noReply, parseReply } from '../../workspace/runs/run-replies.ts';

/** What a reply is to. */
export interface Asked {
  readonly prompt: Prompt;
  readonly condition: string;
  readonly strength: number;
  /**
   * What makes the reply beside the prompt, hashed: with another model, steering or length it is made again. Behind a `+`
   * what is compared, which makes no reply another one: {@link recipeOfReply}.
   */
  readonly recipe: string;
}

/** `replies.jsonl` while a comparison adds to it. For the same prompt, condition and strength the last line counts. */
export interface ReplyLog {
  /** The reply, if there is one and it was made as this comparison makes them. */
  find(asked: Asked): Reply | undefined;
  /** The reply of the last line. */
  last(): Reply | undefined;
  add(replies: readonly Reply[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens the log and mends it where it was cut off; tells `report` of that, and of lines that are no replies. */
export async function openReplyLog(file: string, report: (problem: Problem) => void): Promise<ReplyLog> {
  const lines = await openJsonLines<Reply>(file, parseReply);
  if (lines.torn) {
    report({
      severity: 'warning',
      file,
      message: 'The last line was cut off by a crash and is removed.',
      fix: 'Nothing: the reply is made again.',
    });
  }
  for (const line of lines.bad) report(noReply(file, line));
  const latest = new Map(lines.rows.map((reply) => [keyOf(reply), reply]));
  let last = lines.rows.at(-1);
  return {
    find: ({ prompt, condition, strength, recipe }) => {
      const reply = latest.get(keyOf({ id: prompt.id, condition, strength }));
      const same =
        reply !== undefined &&
        recipeOfReply(reply.recipe) === recipeOfReply(recipe) &&
        reply.prompt === prompt.text &&
        isDeepStrictEqual(reply.earlier, prompt.earlier);
      return same ? reply : undefined;
    },
    last: () => last,
    add: async (replies) => {
      await lines.append(replies);
      for (const reply of replies) latest.set(keyOf(reply), reply);
      last = replies.at(-1) ?? last;
    },
    close: () => lines.close(),
  };
}

function recipeOfReply(recipe: string | undefined): string | undefined {
  return recipe?.replace(/\+[^-]*/, '');
}

function keyOf({ id, condition, strength }: Pick<Reply, 'id' | 'condition' | 'strength'>): string {
  return JSON.stringify([id, condition, strength]);
}
