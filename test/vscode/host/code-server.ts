import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { codeServer } from './install-code-server.ts';
import { version } from '../../../src/core/version.ts';

export interface ServerOptions {
  /** Empty folder for settings, state and log. */
  readonly profile: string;
  /** User settings beside the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** False asks for trust, as for a folder that is new to the user. */
  readonly trusted: boolean;
  /** Lets a suite run in its extension host, and shows no notifications as toasts. */
  readonly smokeTestDriver?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export interface CodeServer {
  readonly url: string;
  readonly host: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** Nothing that moves, asks, or looks for updates while a test watches. */
const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
};

/** Starts it on a free port; `stop` ends it with all its children, by its own process group. */
export async function startCodeServer({
  profile,
  settings,
  trusted,
  smokeTestDriver,
  env,
}: ServerOptions): Promise<CodeServer> {
  const folder = join(profile, 'user', 'User');
  mkdirSync(folder, { recursive: true });
  const all = { ...quiet, 'security.workspace.trust.enabled': !trusted, ...settings };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(all));
  const config = join(profile, 'config.yaml');
  writeFileSync(config, 'auth: none\ncert: false\n');
  const child = spawn(
    codeServer.node,
    [
      codeServer.entry,
      ...['--config', config, '--auth', 'none', '--bind-addr', '127.0.0.1:0', '--user-data-dir', join(profile, 'user')],
      ...['--extensions-dir', join(profile, 'extensions'), '--disable-telemetry', '--disable-update-check'],
      ...['--disable-proxy', '--disable-getting-started-override', '--ignore-last-opened'],
      ...(smokeTestDriver === true ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
      ...(trusted ? ['--disable-workspace-trust'] : []),
    ],
    { env: { ...cleanEnv(profile), ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log = createWriteStream(join(profile, 'server.log'));
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`code-server did not start:\n${said}`)), 60_000);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        log.write(data);
        said += data.toString();
        const found = /listening on (http:\/\/[^\s/]+)/.exec(said)?.[1];
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(found);
      });
    child.once('exit', (code) => reject(new Error(`code-server ended with status ${code ?? 'unknown'}:\n${said}`)));
  });
  return { url, host: new URL(url).host, pid: child.pid!, stop: () => stopGroup(child.pid!) };
}

/** Puts the extension of this tree, as built, into a profile: without a smoke test's driver, which shows no notifications. */
export function linkBuilt(profile: string): void {
  const folder = join(profile, 'extensions');
  mkdirSync(folder, { recursive: true });
  symlinkSync(resolve('.'), join(folder, `alphasteer.alphasteer-${version}`));
}

/** Puts a VSIX into a profile, as `Install from VSIX` does. */
export function installVsix(vsix: string, profile: string): void {
  execFileSync(
    codeServer.node,
    [codeServer.entry, '--extensions-dir', join(profile, 'extensions'), '--install-extension', vsix],
    {
      env: cleanEnv(profile),
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
}

function cleanEnv(profile: string): NodeJS.ProcessEnv {
  const own = ['VSCODE_IPC_HOOK_CLI', 'PORT', 'PASSWORD', 'HASHED_PASSWORD', 'NODE_OPTIONS', 'ELECTRON_RUN_AS_NODE'];
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.includes(name))),
    HOME: profile,
    XDG_DATA_HOME: join(profile, 'xdg'),
    XDG_CONFIG_HOME: join(profile, 'xdg'),
  };
}

async function stopGroup(pid: number): Promise<void> {
  const signal = (name: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-pid, name);
    } catch {
      return false; // nobody is left
    }
  };
  signal('SIGTERM');
  for (let waited = 0; waited < 5_000 && signal(0); waited += 100) await new Promise((r) => setTimeout(r, 100));
  signal('SIGKILL');
}
