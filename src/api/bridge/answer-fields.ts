import { HeaderList } from '../../base/header-list.ts';
import { lengthValue } from '../../rules/message-framing.ts';

/** Content-Length as a number, -1 when it is missing or none. */
export function announced(headers: HeaderList): number {
  return lengthValue(headers.get('Content-Length') ?? '');
}

/** Qt shows no field that has no value. */
export function withoutEmpty(headers: HeaderList): HeaderList {
  const { flat } = headers;
  for (let i = 1; i < flat.length; i += 2) {
    if (flat[i] === '') return new HeaderList(flat.filter((_, at) => flat[at | 1] !== ''));
  }
  return headers;
}
