import { promises as fs } from 'node:fs';
import type { ConfigReading } from './configReading.ts';

/** The line that gives a keyword its value. */
export interface SettingInForce {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Without surrounding blanks. */
  readonly text: string;
}

interface Scan {
  readonly keyword: string;
  readonly reading: ConfigReading;
  /** Of `Match` lines already passed. */
  matches: number;
}

/**
 * Finds the first line that sets a keyword and counts for a host, in the order in which OpenSSH has read the files:
 * the first value wins (ssh_config(5)). Undefined when the value comes from elsewhere, such as OpenSSH's defaults.
 */
export async function settingInForce(keyword: string, reading: ConfigReading): Promise<SettingInForce | undefined> {
  const scan: Scan = { keyword, reading, matches: 0 };
  for (const file of reading.files) {
    const found = await scanFile(file, true, scan);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function scanFile(file: string, activeAtStart: boolean, scan: Scan): Promise<SettingInForce | undefined> {
  let isActive = activeAtStart;
  const lines = (await fs.readFile(file, 'utf8')).split('\n');
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    const keyword = /^\s*"?([A-Za-z\d]+)/.exec(text)?.[1]?.toLowerCase();
    switch (keyword) {
      case 'host':
        isActive = scan.reading.appliedHostLines.has(`${file}:${line}`);
        break;
      case 'match':
        isActive = scan.reading.matches[scan.matches++] === true && activeAtStart;
        break;
      case 'include': {
        for (const included of scan.reading.includes.get(`${file}:${line}`) ?? []) {
          const found = await scanFile(included, isActive, scan);
          if (found !== undefined) return found;
        }
        break;
      }
      default:
        if (isActive && keyword === scan.keyword) return { file, line, text: text.trim() };
    }
  }
  return undefined;
}
