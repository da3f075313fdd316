/** The first import of a benchmark: onnxruntime, once loaded, would report its sessions (`src/worker/model-process-env.ts`). */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
