/**
 * What a request says, defaults and fields added on the way included. Names are given in lower case; several fields of one name are
 * one, joined by commas (RFC 9110 5.3).
 */
export interface RequestFields {
  get(name: string): string | undefined;
}
