import { whereText } from '../../core/where-text.ts';
import type { InspectResult } from '../../rpc/worker-api.ts';

export function inspectText(model: InspectResult): string {
  return [
    `${model.file}  (${(model.bytes / 2 ** 20).toFixed(0)} MiB, ${model.dtype}, fingerprint ${model.fingerprint.slice(0, 16)})`,
    `${model.layers} layers, d = ${model.hiddenSize}, vocabulary ${model.vocabulary}, context ${model.context}, ${model.layout} layout`,
    `operators: ${model.operators
      .slice(0, 8)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ')}`,
    `device: ${model.device.device}`,
    ...model.device.tried.map(
      ({ device, detail, fix, ...where }) =>
        `  ${device}: ${detail}${whereText(where)}.${fix === undefined ? '' : ` ${fix}`}`,
    ),
    ...model.strengthZero.map(
      ({ shape, step, equal }) => `strength 0, ${step}, ${shape}: ${equal ? 'equal bit for bit' : 'NOT EQUAL'}`,
    ),
    ...(model.strengthZero.some(({ withoutShapeNotes }) => withoutShapeNotes)
      ? [
          'onnxruntime refuses the untouched graph for the shapes that it notes of inner tensors: it was compared without these notes, all else as it is.',
        ]
      : []),
  ].join('\n');
}
