import type { Scene } from './scene.ts';

// Parts of the sequences.

export const DIAL = 'socketStartedConnecting';
export const HEAD = ['requestSent', 'metaDataChanged'];
export const BODY = [...HEAD, 'readyRead'];
/** A request with a body of three bytes. */
export const SENT = ['requestSent', 'uploadProgress(3, 3)'];
export const END = ['readChannelFinished', 'M.finished', 'finished'];
export const DONE = ['downloadProgress(11, 11)', ...END];
export const NOTHING_CAME = ['downloadProgress(0, 0)', ...END];
export const failed = (code: number): string[] => [`error(${code})`, `errorOccurred(${code})`];
/** What abort() says before the last progress. */
export const ABORTED = ['aboutToClose', ...failed(5)];
/** Qt's last word on an upload. */
export const UPLOADED = 'uploadProgress(0, 0)';

// What most rows do.

export const get = (path: string) => (scene: Scene) => scene.whole(scene.manager.get(scene.at(path)));
export const put = (path: string, body: string) => (scene: Scene) => scene.whole(scene.manager.put(scene.at(path), body));
