// A folder's name is its permission; docs/architecture.md draws the same picture.
const native = '^(node_modules/)?(onnxruntime-node|onnxruntime-common|@huggingface/)';
const only = (name, from, to) => ({ name, severity: 'error', from, to });

/**
 * Folders of `root` as a stack, the highest first: none imports one above it, nor a loose file of `root` but those named.
 * @param ground loose files of `root` that each of them may import
 */
const stack = (name, root, folders, ground = []) =>
  folders.map((folder, i) =>
    only(
      `${name}:${folder}`,
      { path: `^${root}/${folder}/` },
      {
        path: [
          ...folders.slice(0, i).map((above) => `^${root}/${above}/`),
          `^${root}/(?!(${['\\0', ...ground].join('|')})\\.ts$)[^/]+$`,
        ],
      },
    ),
  );

const coreGround = [
  'cancelled', 'config-file-name', 'did-you-mean', 'evenly-spaced', 'format', 'hub-id', 'problem',
  'progress-rate', 'token-ids', 'version', 'where-text', 'workspace-path',
];

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: { pathNot: '^src/(extension|vscode)' }, to: { couldNotResolve: true } },
    only('core-is-pure', { path: '^src/core' }, { path: '^(src/(?!core)|media)' }),
    only('core-has-no-node', { path: '^(src/core|src/rpc)' }, { dependencyTypes: ['core'] }),
    only('rpc-takes-core-types-only', { path: '^src/rpc' }, { path: '^src/core', dependencyTypesNot: ['type-only'] }),
    only('rpc-knows-no-end', { path: '^src/rpc' }, { path: '^(src/(?!core|rpc)|media)' }),
    only('workspace-takes-core-only', { path: '^src/workspace' }, { path: '^(src/(?!core|workspace)|media)' }),
    only('client-takes-core-and-rpc', { path: '^src/client' }, { path: '^(src/(?!core|rpc|client)|media)' }),
    only('worker-knows-no-front', { path: '^src/worker' }, { path: '^(src/(cli/|client/(?!model-process-env)|vscode|extension)|media)' }),
    only('only-the-worker-is-native', { pathNot: '^src/worker/' }, { path: native }),
    only('the-worker-is-reached-by-its-client', { path: '^src/(cli|vscode|extension)' }, { path: '^src/worker/' }),
    only('cli-has-no-editor', { path: '^src/cli/' }, { path: '^(src/(vscode|extension)|media)' }),
    only('media-takes-report-and-types', { path: '^media' }, { path: '^src/(?!core/(report|evaluation|stats|format\\.ts)|rpc)', dependencyTypesNot: ['type-only'] }),
    only('only-the-editor-imports-vscode', { pathNot: '^src/(vscode/|extension)' }, { path: '^vscode$' }),
    ...stack('core', 'src/core', ['report', 'fit', 'evaluation', 'controls', 'attack', 'onnx', 'judge', 'prompts', 'formats', 'stats', 'linalg'], ['alphasteer', 'config', ...coreGround]),
    ...stack('onnx', 'src/core/onnx', ['residual', 'graph']),
    ...stack('evaluation', 'src/core/evaluation', ['rates', 'replies', 'data']),
    only('one-road-to-what-is-said-of-a-run', { pathNot: '^src/core/evaluation/judged-run\\.ts$' }, { path: '^src/core/evaluation/(summarise|second-opinion|replies/(current-replies|apply-overrides))\\.ts$', dependencyTypesNot: ['type-only'] }),
    ...stack('prompts', 'src/core/prompts', ['read', 'split', 'kinds'], ['prompt', 'turn']),
    ...stack('worker', 'src/worker', ['jobs', 'attack', 'compare', 'judges', 'fit', 'model', 'device', 'lanes', 'session', 'model-files'], ['job']),
    ...stack('workspace', 'src/workspace', ['runs', 'files'], ['load-workspace', 'load-judge']),
    ...stack('media', 'media', ['pages', 'table', 'charts', 'controls']),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
