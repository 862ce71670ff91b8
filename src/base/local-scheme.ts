/** Whether URLs of this scheme name a socket of this machine, over which HTTP is spoken. */
export function namesSocket(scheme: string): boolean {
  return scheme === 'unix+http' || scheme === 'local+http';
}

/** Whether HTTP is spoken with what URLs of this scheme name, over a network or not. */
export function speaksHttp(scheme: string): boolean {
  return scheme === 'http' || scheme === 'https' || namesSocket(scheme);
}
