import { join } from 'node:path';
import { openActivationCache, type ActivationCache } from './activation-cache.ts';
import type { Model } from '../model/model.ts';
import { shortHash } from '../model-files/short-hash.ts';

function folderOf(root: string): string {
  return join(root, '.alphasteer', 'cache');
}

/** The short replies that label malicious prompts: the model's own, so they hold for any layers. */
export function labelFile(root: string, model: Pick<Model, 'fingerprint' | 'device'>, newTokens: number): string {
  return join(folderOf(root), `${shortHash([model.fingerprint, model.device])}-labels-${newTokens}.jsonl`);
}

/** Activations at `layers`, in their order: [layers * d] a prompt. */
export async function openLayerCache(
  root: string,
  model: Pick<Model, 'fingerprint' | 'device' | 'hiddenSize'>,
  layers: readonly number[],
): Promise<ActivationCache> {
  const key = shortHash([model.fingerprint, model.device, layers]);
  return openActivationCache(folderOf(root), key, layers.length * model.hiddenSize);
}
