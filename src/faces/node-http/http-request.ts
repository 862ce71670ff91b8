import type { Dispatcher } from '../dispatcher/dispatcher.ts';
import { ClientRequest } from './client-request.ts';
import type { IncomingMessage } from './incoming-message.ts';
import { type HttpOptions, mergedOptions } from './request-options.ts';

type OnResponse = (response: IncomingMessage) => void;

/** `request(url[, options][, callback])` and `request(options[, callback])`, as node:http has them. */
export type RequestLike = ((
  input: string | URL | HttpOptions,
  second?: HttpOptions | OnResponse,
  third?: OnResponse,
) => ClientRequest) & { request: RequestLike };

export function httpRequest(dispatcher: Dispatcher): RequestLike {
  const request = ((input, second, third) => {
    const [options, callback] = typeof second === 'function' ? [undefined, second] : [second, third];
    const made = new ClientRequest(dispatcher, mergedOptions(input, options));
    if (callback !== undefined) made.once('response', callback);
    return made;
  }) as RequestLike;
  request.request = request;
  return request;
}
