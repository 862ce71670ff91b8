import { expect } from 'vitest';
import { sentBy } from './multipart.ts';
import type { MemberTests } from './types.ts';

export const qformdatabuilder: MemberTests = {
  'QFormDataBuilder.constructor': (q) => {
    const { text } = sentBy(q, new q.QFormDataBuilder({ a: 'one' }).buildMultiPart());
    expect(text).toContain('content-disposition: form-data; name="a"\r\n\r\none\r\n');
  },
  'QFormDataBuilder.part': (q) => {
    const builder = new q.QFormDataBuilder();
    builder.part('a').setBody('one');
    expect(sentBy(q, builder.buildMultiPart()).text).toContain('name="a"\r\n\r\none\r\n');
  },
  'QFormDataBuilder.buildMultiPart': (q) => {
    const builder = new q.QFormDataBuilder();
    builder.part('a').setBody('x', 'ä.txt');
    const { text, contentType } = sentBy(q, builder.buildMultiPart(q.QFormDataBuilder.StrictRfc7578));
    expect(contentType).toMatch(/^multipart\/form-data;/);
    expect(text).toContain('name="a"; filename="%C3%A4.txt"\r\n');
  },
  'QFormDataBuilder.Option': (q) => {
    expect({ ...q.QFormDataBuilder.Option }).toEqual({
      Default: 0,
      OmitRfc8187EncodedFilename: 1,
      UseRfc7578PercentEncodedFilename: 2,
      PreferLatin1EncodedFilename: 4,
      StrictRfc7578: 3,
    });
  },
};
