import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { HumanError } from '../../core/problem.ts';
import { makeFolder } from '../files/make-folder.ts';
import { readJson } from '../files/read-json.ts';
import { writeFileWhole } from '../files/write-file.ts';

const softwareSchema = z.object({
  alphasteer: z.string(),
  onnxruntime: z.string(),
  node: z.string(),
  platform: z.string(),
  /** Null where onnxruntime chose. */
  threads: z.number().nullable(),
  processors: z.number(),
});

const manifestSchema = z.looseObject({
  format: z.literal('alphasteer-run/1'),
  /** What decides the fit's numbers, hashed: a run with this key and an unfinished state is gone on with. */
  key: z.string(),
  state: z.enum(['fitting', 'fitted']),
  created: z.string(),
  /** Ids of the fit's jailbreaks that were kept out of it, for the report. */
  heldOutGoals: z.array(z.string()),
  /** SHA-256 of the margins that the fit fixed; they stand in `fit.json`. Runs of before have none, and are refused for their fit's format. */
  marginsHash: z.string().default(''),
  /** Of the fit; runs of before do not say. */
  software: softwareSchema.optional().catch(undefined),
  /** The last comparison, from its first reply on; absent before the first one. */
  compared: z
    .object({
      at: z.string(),
      /** Absent of comparisons of before. */
      strength: z.number().optional(),
      maxNewTokens: z.number(),
      /** Replies ended once no continuation could be a refusal. */
      earlyStop: z.boolean().optional(),
      /** Prompts that the model's context does not hold. */
      leftOut: z.number().optional(),
      /** Prompts that base replied to once more, and the most of a kind. */
      floor: z.object({ n: z.number(), perKind: z.number() }),
      software: softwareSchema,
    })
    .optional()
    .catch(undefined),
});

/** `manifest.json` of a run folder: where the run's numbers come from. Times and paths stand only here. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Names of the files of a run folder. */
export const runFiles = {
  manifest: 'manifest.json',
  steering: 'steering.safetensors',
  stability: 'stability.safetensors',
  firstTokens: 'first-tokens.json',
  fit: 'fit.json',
  replies: 'replies.jsonl',
  overrides: 'overrides.jsonl',
  judge: 'judge.json',
  secondVerdicts: 'second-verdicts.jsonl',
  summary: 'summary.json',
  report: 'report.html',
  /** Folder of the fitted controls. */
  controls: 'controls',
} as const;

export function runsFolder(root: string): string {
  return join(root, '.alphasteer', 'runs');
}

/** The workspace that a run of its `.alphasteer/runs` belongs to. */
export function workspaceOf(run: string): string {
  return dirname(dirname(dirname(run)));
}

/** The folder to fit in: an unfinished run with the same key, or a new one. */
export async function openRunFolder(root: string, key: string, now: Date, out?: string): Promise<string> {
  if (out !== undefined) {
    await makeFolder(out);
    return resolve(out);
  }
  for (const folder of await listRuns(root)) {
    const manifest = await readManifest(folder).catch(() => undefined);
    if (manifest?.key === key && manifest.state === 'fitting') return folder;
  }
  const time = now.toISOString().replace(/[-:]/g, '').replace(/\..*$/, '').replace('T', '-');
  const folder = join(runsFolder(root), `${time}-${key.slice(0, 8)}`);
  await makeFolder(folder);
  return folder;
}

/** Run folders of a workspace, those named by time newest first. */
export async function listRuns(root: string): Promise<string[]> {
  const names = await readdir(runsFolder(root)).catch(() => []);
  return names
    .sort()
    .reverse()
    .map((name) => join(runsFolder(root), name));
}

/**
 * The run a user means: a path (from the working folder, else from the workspace), a name under `.alphasteer/runs`, else in
 * the working folder, else a name that a person gave a run there; or the one that was fitted last. What is written as a path
 * is never looked up by its name: a copy of a run has the name of the run.
 * @throws {HumanError} there is none, or several have the name
 */
export async function findRun(root: string, run?: string): Promise<string> {
  if (run === undefined) {
    const [newest] = (await fittedRuns(root)).sort((a, b) =>
      a.created < b.created ? 1 : a.created > b.created ? -1 : 0,
    );
    if (newest !== undefined) return newest.folder;
    throw new HumanError({
      file: root,
      message: 'There is no fitted run in this workspace yet.',
      fix: 'Run `alphasteer fit` first.',
    });
  }
  for (const folder of meant(root, run)) {
    if ((await readManifest(folder).catch(() => undefined))?.state === 'fitted') return folder;
  }
  const named = (await fittedRuns(root)).filter(({ name }) => name === run);
  if (named.length === 1) return named[0]!.folder;
  throw new HumanError({
    file: run,
    message:
      named.length === 0
        ? 'There is no fitted run of this name.'
        : `${named.length} runs have this name: ${named.map(({ folder }) => basename(folder)).join(', ')}.`,
    fix: 'Give the path or the name of a folder under .alphasteer/runs.',
  });
}

async function fittedRuns(root: string): Promise<{ folder: string; created: string; name: unknown }[]> {
  const runs = await Promise.all(
    (await listRuns(root)).map(async (folder) => {
      const manifest = await readManifest(folder).catch(() => undefined);
      if (manifest?.state !== 'fitted') return [];
      return [{ folder, created: manifest.created, name: manifest['name'] }];
    }),
  );
  return runs.flat();
}

function meant(root: string, run: string): string[] {
  const isName = basename(run) === run.replace(/[\\/]+$/, '');
  return isName ? [join(runsFolder(root), basename(run)), resolve(run)] : [resolve(run), resolve(root, run)];
}

/** @throws {HumanError} */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, runFiles.manifest);
  const parsed = manifestSchema.safeParse(await readJson(file));
  if (parsed.success) return parsed.data;
  throw new HumanError({ file, message: 'The run has no usable manifest.', fix: 'Fit again: `alphasteer fit`.' });
}

/** The name that a person has given a run, as a part of its manifest: a fit that goes on, or ends, keeps it. */
export async function givenName(folder: string): Promise<{ readonly name?: unknown }> {
  const name = (await readManifest(folder).catch(() => undefined))?.['name'];
  return name === undefined ? {} : { name };
}

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFileWhole(join(folder, runFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
}
