import { randomToken } from '../../base/clock.ts';
import { HeaderList } from '../../base/header-list.ts';
import { blobType } from '../../bodies/source-kinds.ts';
import { webDisposition } from '../../rules/form-data.ts';
import { deviceOf, type Multipart, type PartText, writeParts } from './multipart.ts';

/** A form as the body that it makes (RFC 7578): files stay where they are until they are sent. Later changes of the form do not show. */
export function formBody(form: FormData): Multipart {
  const boundary = `qnetwork-${randomToken()}`;
  const parts = Array.from(form, ([name, value]) => (typeof value === 'string' ? field(name, value) : file(name, value)));
  return { contentType: `multipart/form-data; boundary=${boundary}`, device: deviceOf(writeParts(boundary, parts)) };
}

function field(name: string, value: string): PartText {
  return {
    fields: new HeaderList(['Content-Disposition', webDisposition(name, null)]),
    body: [Buffer.from(value.replace(/\r\n|\r|\n/g, '\r\n'))],
  };
}

function file(name: string, value: File): PartText {
  const type = blobType(value) || 'application/octet-stream';
  return {
    fields: new HeaderList(['Content-Disposition', webDisposition(name, value.name), 'Content-Type', type]),
    body: [{ source: value, name: `the file of field ${JSON.stringify(name)}` }],
  };
}
