import { type CommandNode, type OptionNode, withAllBelow } from './commandTree.ts';

/** For fish 3 and newer: `gitpod-helper completion fish | source`. */
export function fishScript(tree: CommandNode): string {
  const nodes = withAllBelow(tree);
  const places = nodes.filter(({ path }) => path.length > 0).map(placeOf);
  return `# gitpod-helper in fish. In config.fish: gitpod-helper completion fish | source
function __gitpod_helper_at
    set -l where ''
    for word in (commandline -opc)[2..-1]
        if contains -- "$where/$word" ${places.join(' ')}
            set where "$where/$word"
        end
    end
    test "$where" = "$argv[1]"
end
complete -c gitpod-helper -f
${nodes.flatMap(rules).join('\n')}
`;
}

function rules(node: CommandNode): readonly string[] {
  const at = `complete -c gitpod-helper -n ${quoted(`__gitpod_helper_at '${placeOf(node)}'`)}`;
  return [
    ...node.commands.map(({ path, description }) => `${at} -a ${path.at(-1)} -d ${quoted(description)}`),
    ...node.argumentChoices.map((choice) => `${at} -a ${choice}`),
    ...node.options.map((option) => `${at} ${optionWords(option)}`),
  ];
}

function optionWords({ long, short, description, value }: OptionNode): string {
  const words = [
    ...(short === undefined ? [] : ['-s', short.slice(1)]),
    ...(long.startsWith('--') ? ['-l', long.slice(2)] : []),
    ...['-d', quoted(description)],
  ];
  if (value === undefined) return words.join(' ');
  switch (value) {
    case 'file':
      return [...words, '-r', '-F'].join(' ');
    case 'directory':
      return [...words, '-x', '-a', quoted('(__fish_complete_directories)')].join(' ');
    case 'text':
      return [...words, '-x'].join(' ');
    default:
      return [...words, '-x', '-a', quoted(value.join(' '))].join(' ');
  }
}

function placeOf({ path }: CommandNode): string {
  return path.map((name) => `/${name}`).join('');
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
