import { type CommandNode, type OptionNode, type ValueKind, withAllBelow } from './commandTree.ts';

/** For bash 3.2 (macOS) and newer: `eval "$(gitpod-helper completion bash)"`. */
export function bashScript(tree: CommandNode): string {
  return `# gitpod-helper in bash. In ~/.bashrc: eval "$(gitpod-helper completion bash)"
_gitpod_helper() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local where='' kind=words candidates='' word IFS=$' \\t\\n'
  # bash takes "=" for a word of its own
  if [[ $current == = ]]; then
    current=''
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${indented(whereIsIt(tree), 4)}
  done
${indented(whatFits(tree), 2)}
  COMPREPLY=()
  case "$kind" in
    file|directory)
      IFS=$'\\n'
      compopt -o filenames 2>/dev/null # bash 3 has none
      if [[ $kind == file ]]; then
        COMPREPLY=($(compgen -f -- "$current"))
      else
        COMPREPLY=($(compgen -d -- "$current"))
      fi
      ;;
    words) COMPREPLY=($(compgen -W "$candidates" -- "$current")) ;;
  esac
}
complete -F _gitpod_helper gitpod-helper
`;
}

/** For zsh, either evaluated or as the file `_gitpod-helper` in a directory of `fpath`. */
export function zshScript(tree: CommandNode): string {
  return `#compdef gitpod-helper
# gitpod-helper in zsh. In ~/.zshrc, after compinit: eval "$(gitpod-helper completion zsh)"
_gitpod-helper() {
  local current=\${words[CURRENT]} previous=\${words[CURRENT-1]}
  local where='' kind=words candidates='' word
  # "--option=value" is one word here
  if [[ $current == --*=* ]]; then
    previous=\${current%%=*}
    current=\${current#*=}
    compset -P '*='
  fi
  for word in "\${(@)words[2,CURRENT-1]}"; do
${indented(whereIsIt(tree), 4)}
  done
${indented(whatFits(tree), 2)}
  case "$kind" in
    file) _files ;;
    directory) _files -/ ;;
    words) compadd -- \${=candidates} ;;
  esac
}
if [[ \${funcstack[1]} == _gitpod-helper ]]; then
  _gitpod-helper "$@"
else
  compdef _gitpod-helper gitpod-helper
fi
`;
}

/** Follows the words to the command that is meant. */
function whereIsIt(tree: CommandNode): string {
  const places = withAllBelow(tree).filter(({ path }) => path.length > 0);
  return `case "$where/$word" in
  ${places.map(placeOf).join('|')}) where="$where/$word" ;;
esac`;
}

/** What fits there: first what the option before it wants, then options, commands and arguments. */
function whatFits(tree: CommandNode): string {
  const nodes = withAllBelow(tree);
  const valueRules = nodes.flatMap((node) => node.options.flatMap((option) => valueRule(node, option)));
  const optionRules = nodes.map((node) =>
    wordsRule(
      node,
      node.options.map(({ long }) => long),
    ),
  );
  const wordRules = nodes
    .map((node) => ({ node, words: [...node.commands.map(({ path }) => path.at(-1) ?? ''), ...node.argumentChoices] }))
    .filter(({ words }) => words.length > 0)
    .map(({ node, words }) => wordsRule(node, words));
  return `case "$where $previous" in
${indented(valueRules.join('\n'), 2)}
  *)
    case "$current" in
      -*)
        case "$where" in
${indented(optionRules.join('\n'), 10)}
        esac
        ;;
      *)
        case "$where" in
${indented(wordRules.join('\n'), 10)}
        esac
        ;;
    esac
    ;;
esac`;
}

function valueRule(node: CommandNode, { long, short, value }: OptionNode): readonly string[] {
  if (value === undefined) return [];
  const names = short === undefined || short === long ? [long] : [long, short];
  return [`${names.map((name) => `'${placeOf(node)} ${name}'`).join('|')}) ${assignment(value)} ;;`];
}

function assignment(value: ValueKind): string {
  return typeof value === 'string' ? `kind=${value}` : `candidates='${value.join(' ')}'`;
}

function wordsRule(node: CommandNode, words: readonly string[]): string {
  return `'${placeOf(node)}') candidates='${words.join(' ')}' ;;`;
}

function placeOf({ path }: CommandNode): string {
  return path.map((name) => `/${name}`).join('');
}

function indented(text: string, columns: number): string {
  return text.replaceAll(/^/gm, ' '.repeat(columns));
}
