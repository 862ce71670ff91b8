/** What becomes of requests while the network is not accessible. */
export interface SessionOptions {
  /**
   * What `setNetworkAccessible(NotAccessible)` means. 'qt4': all requests but those for data:, file:, qrc: and what is only looked up in the cache end with
   * UnknownNetworkError, "Network access is disabled.". 'qt5': it is a note for the program, and requests run all the same. 'qt4' unless set.
   */
  offlinePolicy?: 'qt4' | 'qt5' | undefined;
}

/** The names of the options. */
export const SESSION_OPTIONS: readonly (keyof SessionOptions)[] = ['offlinePolicy'];

/** Throws a TypeError for what is no policy. */
export function offlinePolicy({ offlinePolicy: policy = 'qt4' }: SessionOptions): 'qt4' | 'qt5' {
  if (policy !== 'qt4' && policy !== 'qt5')
    throw new TypeError(`QNetworkAccessManager option offlinePolicy expects 'qt4' or 'qt5'; got ${String(policy)}.`);
  return policy;
}
