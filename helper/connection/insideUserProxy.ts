/**
 * Set in the environment of a user's own ProxyJump or ProxyCommand. Where that leads over another host of ours, OpenSSH
 * starts this helper again, which must not go by the user's way once more: it might never end.
 */
export const insideUserProxy = 'GITPOD_HELPER_INSIDE_USER_PROXY';
