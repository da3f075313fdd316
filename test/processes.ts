import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface SystemProcess {
  readonly pid: number;
  readonly parent: number;
  /** The command line, its words parted by spaces. */
  readonly command: string;
}

/** The processes that run now: from /proc where there is one, since a small system has no `ps`. */
export function processes(): SystemProcess[] {
  if (process.platform === 'linux')
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? read(name) : []));
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  return rows.map((row) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row)!;
    return { pid: Number(pid), parent: Number(parent), command: command! };
  });
}

function read(pid: string): SystemProcess[] {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1];
    return [{ pid: Number(pid), parent: Number(parent), command }];
  } catch {
    return []; // it has ended meanwhile
  }
}
