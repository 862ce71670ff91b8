// How a reply is awaited and read without slots. Everything here asks a reply only for what Qt made public, so that it works on
// subclasses too, and nothing of it costs a reply anything that is read in Qt's way.
export { abortReasonOf, bindAbortSignal } from './reply-abort.ts';
export { bytes, json, text, whenFinished, whenHeaders } from './reply-promises.ts';
export { iterate, toReadable, toWeb } from './reply-streams.ts';
