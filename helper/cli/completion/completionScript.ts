import type { Command } from 'commander';
import { commandTree } from './commandTree.ts';
import { fishScript } from './fishScript.ts';
import { bashScript, zshScript } from './posixScripts.ts';
import type { shells } from './shells.ts';

/** The script that a shell reads to complete the program's command line. */
export function completionScript(shell: (typeof shells)[number], program: Command): string {
  const tree = commandTree(program);
  switch (shell) {
    case 'bash':
      return bashScript(tree);
    case 'zsh':
      return zshScript(tree);
    case 'fish':
      return fishScript(tree);
  }
}
