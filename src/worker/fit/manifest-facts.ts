import { judgeVersion } from '../../core/judge/judge.ts';
import type { Margins } from '../../core/config.ts';
import { hashOfMargins } from '../../workspace/runs/fixed-margins.ts';
import type { Model } from '../model/model.ts';
import { software } from '../model/runtime.ts';

/** What a manifest says of any run, fitted or imported: the model, the judge, and the margins fixed before evaluation. */
export function manifestFacts(model: Model, rules: unknown, margins: Margins) {
  return {
    model: {
      path: model.folder.path,
      fingerprint: model.fingerprint,
      dtype: model.folder.dtype,
      device: model.device,
      layers: model.layers,
    },
    judge: { version: judgeVersion, rules },
    margins,
    marginsHash: hashOfMargins(margins),
    software: software(model.threads),
  };
}
