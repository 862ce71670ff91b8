import { expect } from 'vitest';
import { sentBy } from './multipart.ts';
import type { MemberTests } from './types.ts';

type Q = Parameters<MemberTests[string]>[0];
type PartBuilder = InstanceType<Q['QFormDataPartBuilder']>;

/** The form of one field that is set up so. */
function formOf(q: Q, setUp: (part: PartBuilder) => unknown): string {
  const builder = new q.QFormDataBuilder();
  setUp(builder.part('field'));
  return sentBy(q, builder.buildMultiPart()).text;
}

export const qformdatapartbuilder: MemberTests = {
  'QFormDataPartBuilder.constructor': (q) => {
    expect(formOf(q, (part) => new q.QFormDataPartBuilder(part).setBody('by another handle'))).toContain('by another handle');
  },
  'QFormDataPartBuilder.setBody': (q) => {
    const text = formOf(q, (part) => expect(part.setBody('{}', 'a.json')).toBe(part));
    expect(text).toContain('content-type: application/json\r\n');
    expect(text).toContain('name="field"; filename="a.json"\r\n\r\n{}\r\n');
  },
  'QFormDataPartBuilder.setBodyDevice': (q) => {
    const buffer = new q.QBuffer('from a device');
    buffer.open(q.QIODevice.ReadOnly);
    const text = formOf(q, (part) => expect(part.setBodyDevice(buffer, 'x', 'a/b')).toBe(part));
    expect(text).toContain(
      'content-type: a/b\r\ncontent-disposition: form-data; name="field"; filename="x"\r\n\r\nfrom a device\r\n',
    );
  },
  'QFormDataPartBuilder.setHeaders': (q) => {
    const headers = new q.QHttpHeaders({ 'x-more': 'yes', 'content-type': 'overwritten/it-is' });
    const text = formOf(q, (part) => expect(part.setHeaders(headers)).toBe(part));
    expect(text).toContain('x-more: yes\r\n');
    expect(text).not.toContain('overwritten');
  },
};
