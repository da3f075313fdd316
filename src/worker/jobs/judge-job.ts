import { join } from 'node:path';
import { readVerdict } from '../../core/judge/rubric.ts';
import { HumanError } from '../../core/problem.ts';
import { chatText } from '../../core/report/chat-text.ts';
import { count } from '../../core/format.ts';
import type { SecondVerdict } from '../../core/evaluation/second-opinion.ts';
import type { Reply } from '../../core/evaluation/data/summary.ts';
import type { JudgeParams, JudgeResult } from '../../rpc/worker-api.ts';
import { loadConfig } from '../../workspace/load-workspace.ts';
import { writeReport } from '../../workspace/runs/report-file.ts';
import { findRun, runFiles } from '../../workspace/runs/run-folder.ts';
import { readComparedRun } from '../../workspace/runs/run-record.ts';
import { openSecondVerdicts } from '../../workspace/runs/second-verdicts.ts';
import type { Job } from '../job.ts';
import { askEndpoint } from '../judges/endpoint-judge.ts';
import { askLocalModel } from '../judges/local-judge.ts';
import { modelSettings, type ModelShelf } from '../model/loaded-model.ts';

interface SecondJudge {
  readonly name: string;
  /** Questions that may be on their way at once. */
  readonly atOnce: number;
  readonly ask: (request: string, reply: string) => Promise<Pick<SecondVerdict, 'verdict' | 'answer'>>;
}

/**
 * `alphasteer judge`: another judge on the different replies of a run, which is then reported with both. A verdict given
 * is kept at once, so that the next call goes on where this one stopped.
 */
export async function judgeJob(params: JudgeParams, shelf: ModelShelf, job: Job): Promise<JudgeResult> {
  const folder = await findRun(params.workspace, params.run);
  const { replies } = await readComparedRun(folder, job.problem);
  const stopped = replies.filter((reply) => reply.stopped === true).length;
  if (stopped > 0) {
    throw new HumanError({
      file: folder,
      message: `${count(stopped, 'reply', 'replies')} of this run ${stopped === 1 ? 'was' : 'were'} stopped early, as no continuation could be refused by the rules: another judge needs the whole ones.`,
      fix: 'Set evaluate.earlyStop to false and compare again.',
    });
  }
  const judge = params.endpoint === undefined ? await localJudge(params, shelf, job) : endpointJudge(params.endpoint);
  const log = await openSecondVerdicts(folder);
  const keyOf = ({ id, reply }: Pick<Reply, 'id' | 'reply'>): string => JSON.stringify([id, reply]);
  const different = [...new Map(replies.map((reply) => [keyOf(reply), reply])).values()].slice(0, params.limit);
  const known = log.rows.filter((row) => row.judge === judge.name);
  const answered = new Set(known.map(keyOf));
  const open = different.filter((reply) => !answered.has(keyOf(reply)));
  let made = 0;
  try {
    // The judge whose verdict stands last in the file is the one that counts.
    if (open.length === 0 && log.rows.at(-1)?.judge !== judge.name) await log.append(known.slice(-1));
    for (let from = 0; from < open.length; from += judge.atOnce) {
      job.progress({ phase: 'Second judge', done: from, total: open.length, unit: 'replies' });
      await job.checkpoint();
      const asked = await Promise.allSettled(
        open.slice(from, from + judge.atOnce).map(async ({ id, prompt, earlier, reply }) => {
          const request = earlier === undefined ? prompt : `${chatText(earlier)}\n\n${prompt}`;
          return { judge: judge.name, id, reply, ...(await judge.ask(request, reply)) };
        }),
      );
      const given = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      await log.append(given);
      made += given.length;
      const failed = asked.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
  } finally {
    await log.close();
  }
  const run = await readComparedRun(folder, () => undefined /* told above */);
  const { second } = run;
  if (second === null)
    throw new HumanError({ file: folder, message: 'There is nothing to judge.', fix: 'Compare first.' });
  const report = join(folder, runFiles.report);
  await writeReport(report, import.meta.dirname, run);
  return { run: folder, report, second, reused: different.length - open.length, made };
}

function endpointJudge({ url, model, keyVariable }: NonNullable<JudgeParams['endpoint']>): SecondJudge {
  const key = keyVariable === undefined ? undefined : process.env[keyVariable];
  if (keyVariable !== undefined && key === undefined) {
    throw new HumanError({
      message: `The environment variable ${keyVariable} is not set.`,
      fix: 'Set it to the key of the API, or leave --key-env out.',
    });
  }
  return {
    name: `${model} at ${new URL(url).host}`,
    atOnce: 4,
    ask: async (request, reply) => {
      const answer = await askEndpoint({ url, model, key }, request, reply);
      return { verdict: readVerdict(answer), answer: answer.slice(0, 200) };
    },
  };
}

async function localJudge(params: JudgeParams, shelf: ModelShelf, job: Job): Promise<SecondJudge> {
  const { config } = await loadConfig(params.workspace, job.problem);
  const model = await shelf.model(modelSettings(params.workspace, config, params), job);
  const chat = await shelf.chat(model, [0], [0]);
  const { tokenizer } = model;
  const context = model.folder.config.max_position_embeddings;
  return {
    name: `${params.model ?? config.model} (the local model)`,
    atOnce: 1,
    ask: async (request, reply) => {
      const verdict = await askLocalModel({ chat, tokenizer, context }, request, reply, job);
      return { verdict, answer: verdict };
    },
  };
}
