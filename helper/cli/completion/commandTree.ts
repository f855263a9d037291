import { Command, type Option } from 'commander';
import { addCommonOptions } from '../commonOptions.ts';

/** What goes in the place of an argument or behind an option. */
export type ValueKind = 'file' | 'directory' | 'text' | readonly string[];

/** An option of a command. */
export interface OptionNode {
  /** `--host`. */
  readonly long: string;
  /** `-F`, where there is one. */
  readonly short: string | undefined;
  /** `-F, --ssh-config <path>`. */
  readonly flags: string;
  /** With choices and default. */
  readonly description: string;
  /** Undefined when it takes no value. */
  readonly value: ValueKind | undefined;
  /** One of those that every command for an installation has. */
  readonly isCommon: boolean;
}

/** A command of the command line, as people see it. */
export interface CommandNode {
  /** Its name and those above it: `['ssh-config', 'show']`; empty for the program. */
  readonly path: readonly string[];
  /** `gitpod-helper list [options] [words...]`. */
  readonly usage: string;
  readonly description: string;
  /** The values of its first argument, where only some can be given. */
  readonly argumentChoices: readonly string[];
  readonly options: readonly OptionNode[];
  readonly commands: readonly CommandNode[];
}

/** The command line as data: what the help of commander shows, without hidden commands. */
export function commandTree(command: Command, path: readonly string[] = []): CommandNode {
  const help = command.createHelp();
  return {
    path,
    usage: help.commandUsage(command),
    description: command.description(),
    argumentChoices: command.registeredArguments[0]?.argChoices ?? [],
    options: help.visibleOptions(command).map(optionNode),
    commands: help
      .visibleCommands(command)
      .filter((below) => command.commands.includes(below)) // commander's own `help` is none of them
      .map((below) => commandTree(below, [...path, below.name()])),
  };
}

/** A command and all below it. */
export function withAllBelow(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(withAllBelow)];
}

const commonFlags = new Set(addCommonOptions(new Command()).options.map(({ flags }) => flags));

function optionNode(option: Option): OptionNode {
  return {
    long: option.long ?? option.short ?? option.flags,
    short: option.short,
    flags: option.flags,
    description: described(option),
    value: valueKind(option),
    isCommon: commonFlags.has(option.flags),
  };
}

/** A switch that is off and a text that is empty are nothing to tell. */
function described({ description, argChoices, defaultValue, defaultValueDescription }: Option): string {
  const hasDefault = typeof defaultValue === 'number' || (typeof defaultValue === 'string' && defaultValue !== '');
  const notes = [
    ...(argChoices === undefined ? [] : [`choices: ${argChoices.join(', ')}`]),
    ...(hasDefault ? [`default: ${defaultValueDescription ?? defaultValue}`] : []),
  ];
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
}

function valueKind({ required, optional, flags, argChoices }: Option): ValueKind | undefined {
  if (!required && !optional) return undefined;
  if (argChoices !== undefined) return argChoices;
  if (flags.endsWith('<path>')) return 'file';
  return flags.endsWith('<directory>') ? 'directory' : 'text';
}
