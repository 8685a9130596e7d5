/** What a shell has to know of a command. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  /** Commands below it. */
  readonly words: readonly string[];
  /** With their dashes. */
  readonly options: readonly string[];
  /** Whether it takes a file. */
  readonly takesFile: boolean;
}

/** Scripts for the shells that are known: each completes the commands, and the options of the command that was typed. */
export const completionScripts = {
  bash: (commands: readonly CompletedCommand[]): string => `# reign completion for bash
_reign() {
  local word=\${COMP_WORDS[COMP_CWORD]} known files=
  if [ "$COMP_CWORD" -eq 1 ]; then
    known='${commands.map(({ name }) => name).join(' ')}'
  else
    case \${COMP_WORDS[1]} in
${commands.map(({ name, words, options, takesFile }) => `      ${name}) known='${[...words, ...options].join(' ')}'${takesFile ? ' files=yes' : ''} ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$known" -- "$word"))
  if [ -n "$files" ] && [[ $word != -* ]]; then
    # Only here: a command named like a folder (models) is not that folder.
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -f -- "$word"))
  fi
}
complete -F _reign reign
`,

  zsh: (commands: readonly CompletedCommand[]): string => `#compdef reign
# reign completion for zsh
_reign() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, description }) => `      ${quoted(`${name}:${description.replaceAll(':', '\\:')}`)}`).join('\n')}
    )
    _describe command commands
    return
  fi
  case $words[2] in
${commands.map(({ name, words, options, takesFile }) => `    ${name}) compadd -- ${[...words, ...options].join(' ')}${takesFile ? '; _files' : ''} ;;`).join('\n')}
  esac
}
compdef _reign reign
`,

  fish: (commands: readonly CompletedCommand[]): string => `# reign completion for fish
complete -c reign -f
${commands
  .flatMap(({ name, description, words, options, takesFile }) => {
    const within = `complete -c reign -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c reign -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
      ...words.map((word) => `${within} -a ${word}`),
      ...options.map((option) => `${within} -l ${option.replace(/^--/, '')}`),
      ...(takesFile ? [`${within} -F`] : []),
    ];
  })
  .join('\n')}
`,
} as const;

/** As a shell reads it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
