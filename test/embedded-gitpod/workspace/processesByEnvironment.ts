import { readdir, readFile } from 'node:fs/promises';

/** The processes that have this `NAME=value` in their environment (Linux only; elsewhere none are found). */
export async function processesByEnvironment(entry: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const matches = await Promise.all(pids.map(async (pid) => (await environmentOf(pid)).includes(entry)));
  return pids.filter((_pid, index) => matches[index]).map(Number);
}

async function environmentOf(pid: string): Promise<string[]> {
  try {
    return (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
  } catch {
    return []; // gone meanwhile, or another user's
  }
}
