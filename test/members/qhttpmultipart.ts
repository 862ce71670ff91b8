import { expect } from 'vitest';
import { sentBy } from './multipart.ts';
import type { MemberTests } from './types.ts';

export const qhttpmultipart: MemberTests = {
  'QHttpMultiPart.constructor': (q) => {
    const parent = new q.QObject();
    const form = new q.QHttpMultiPart(q.QHttpMultiPart.FormDataType, parent);
    expect(form.parent()).toBe(parent);
    expect(sentBy(q, form).contentType).toMatch(/^multipart\/form-data;/);
    expect(new q.QHttpMultiPart(parent).parent()).toBe(parent);
  },
  'QHttpMultiPart.append': (q) => {
    const form = new q.QHttpMultiPart();
    form.setBoundary('B');
    form.append(new q.QHttpPart());
    expect(sentBy(q, form).text).toBe('--B\r\n\r\n\r\n--B--\r\n');
  },
  'QHttpMultiPart.setContentType': (q) => {
    const form = new q.QHttpMultiPart();
    form.setContentType(q.QHttpMultiPart.RelatedType);
    expect(sentBy(q, form).contentType).toMatch(/^multipart\/related;/);
  },
  'QHttpMultiPart.boundary': (q) => {
    const form = new q.QHttpMultiPart();
    expect(form.boundary().toString()).toMatch(/^boundary_\.oOo\._.{32}$/);
    expect(sentBy(q, form).text).toBe(`--${form.boundary()}--\r\n`);
  },
  'QHttpMultiPart.setBoundary': (q) => {
    const form = new q.QHttpMultiPart();
    form.setBoundary('mine');
    expect(form.boundary().toString()).toBe('mine');
  },
  'QHttpMultiPart.ContentType': (q) => {
    const { ContentType } = q.QHttpMultiPart;
    expect([ContentType.MixedType, ContentType.RelatedType, ContentType.FormDataType, ContentType.AlternativeType]).toEqual([
      0, 1, 2, 3,
    ]);
  },
};
