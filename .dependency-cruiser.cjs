// A folder's name is its permission; the table is in the README ("How the code is laid out").
const native = '^(node_modules/)?(onnxruntime-node|onnxruntime-common|@huggingface/)';
const only = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: { pathNot: '^src/(extension|vscode)' }, to: { couldNotResolve: true } },
    only('core-is-pure', { path: '^src/core' }, { path: '^(src/(?!core)|media)' }),
    only('core-has-no-node', { path: '^(src/core|src/rpc)' }, { dependencyTypes: ['core'] }),
    only('rpc-takes-core-types-only', { path: '^src/rpc' }, { path: '^src/core', dependencyTypesNot: ['type-only'] }),
    only('rpc-knows-no-end', { path: '^src/rpc' }, { path: '^(src/(?!core|rpc)|media)' }),
    only('workspace-takes-core-only', { path: '^src/workspace' }, { path: '^(src/(?!core|workspace)|media)' }),
    only('worker-knows-no-front', { path: '^src/worker' }, { path: '^(src/(cli|vscode|extension)|media)' }),
    only('only-the-worker-is-native', { pathNot: '^src/worker/' }, { path: native }),
    only('the-worker-is-reached-by-its-client', { path: '^src/(cli|vscode|extension)' }, { path: '^src/worker/' }),
    only('cli-has-no-editor', { path: '^src/cli' }, { path: '^(src/(vscode|extension)|media)' }),
    only('media-takes-report-and-types', { path: '^media' }, { path: '^src/(?!core/report|rpc|core/stats)', dependencyTypesNot: ['type-only'] }),
    only('only-the-editor-imports-vscode', { pathNot: '^src/(vscode/|extension)' }, { path: '^vscode$' }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
