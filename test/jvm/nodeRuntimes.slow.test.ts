import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allPlatforms, stageNode } from '../../build/nodeRuntimes.ts';

const timeoutMs = 300_000;
const fewestLicenceBytes = 100_000;

/** By file format and processor: ELF's e_machine, Mach-O's cputype, and COFF's machine behind the MS-DOS stub. */
const kinds: Readonly<Record<string, string>> = {
  'linux-x64': 'ELF 62',
  'linux-arm64': 'ELF 183',
  'darwin-x64': 'Mach-O 16777223',
  'darwin-arm64': 'Mach-O 16777228',
  'win-x64': 'PE 34404',
};

describe('the Node that ships', () => {
  test.for(allPlatforms)('is to be had for %s, with its licence', { timeout: timeoutMs }, async (platform) => {
    const directory = await mkdtemp(join(tmpdir(), 'node-staged-'));
    try {
      await stageNode(platform, directory);
      const executable = join(directory, 'bin', platform.startsWith('win') ? 'node.exe' : 'node');
      expect(await kindOf(executable)).toBe(kinds[platform]);
      expect((await stat(join(directory, 'LICENSE'))).size).toBeGreaterThan(fewestLicenceBytes);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('is not to be had for others', async () => {
    await expect(stageNode('plan9-x64', tmpdir())).rejects.toThrow('plan9-x64 is none of linux-x64, linux-arm64,');
  });
});

async function kindOf(file: string): Promise<string> {
  await using handle = await open(file);
  const head = new DataView((await handle.read(Buffer.alloc(1024), 0, 1024, 0)).buffer.buffer);
  switch (head.getUint32(0)) {
    case 0x7f454c46:
      return `ELF ${head.getUint16(18, true)}`;
    case 0xcffaedfe:
      return `Mach-O ${head.getUint32(4, true)}`;
    default:
      return head.getUint16(0) === 0x4d5a ? `PE ${head.getUint16(head.getUint32(60, true) + 4, true)}` : 'unknown';
  }
}
