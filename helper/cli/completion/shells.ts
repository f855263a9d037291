/** The shells that completion is printed for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
