import { realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { ExternalFile } from '../../core/onnx/graph/external-data.ts';
import { HumanError } from '../../core/problem.ts';

/** Where onnxruntime finds the files of weights that a graph names. */
export interface WeightsPlace {
  readonly folder: string;
  /** What they are called there, by the names that the graph has; empty where these hold. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Weights beside the graph; or, where the files of a model are symbolic links, as in Hugging Face's cache, the folder that the
 * graph's own file lies in and theirs too. onnxruntime follows such links of a model that it reads from a path, as it takes that
 * folder for the model's; of one that it is given as bytes it refuses them.
 * @param external files that are there
 * @throws {HumanError} a link leads to another folder
 */
export async function placeOfWeights(graph: string, external: readonly ExternalFile[]): Promise<WeightsPlace> {
  const folder = dirname(graph);
  const [here, there] = [await realpath(folder), dirname(await realpath(graph))];
  const files = await Promise.all(
    external.map(async ({ location }) => ({ location, file: await realpath(join(folder, location)) })),
  );
  const linked = files.filter(({ file }) => !file.startsWith(here + sep));
  if (linked.length === 0) return { folder, names: new Map() };
  const elsewhere = files.find(({ file }) => dirname(file) !== there);
  if (elsewhere === undefined)
    return { folder: there, names: new Map(files.map(({ location, file }) => [location, basename(file)])) };
  throw new HumanError({
    file: join(folder, elsewhere.location),
    message: "The model's weights are links to files of another folder than its graph's.",
    fix: `Put the files themselves beside ${basename(graph)}.`,
  });
}
