/** When an SSH connection counts as dead, whatever carries it: `silent` keepalives end it well within 10 s. */
export const sshLiveness = { handshakeTimeoutMs: 30_000, keepaliveIntervalMs: 3_000, keepaliveCountMax: 2 } as const;
