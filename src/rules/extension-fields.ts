import { type Ber, readBer } from '../base/ber.ts';

/** An extension of a certificate (RFC 5280 4.2) as it stands there. */
export interface ExtensionField {
  readonly oid: string;
  readonly critical: boolean;
  /** In DER. */
  readonly value: Buffer;
}

const EXTENSIONS = 0xa3;
const BOOLEAN = 0x01;

/** What is signed of a certificate in DER (RFC 5280 4.1.2), undefined when it cannot be read. */
export function certificateBody(der: Buffer): Ber | undefined {
  return readBer(der)?.first;
}

/** The extensions of a certificate, in order. */
export function extensionsIn(body: Ber | undefined): ExtensionField[] {
  const list = body?.inside.find(({ tag }) => tag === EXTENSIONS)?.first?.inside ?? [];
  return list.flatMap((extension) => {
    const [oid, second, third] = extension.inside;
    const value = third ?? second;
    if (oid === undefined || value === undefined) return [];
    return [{ oid: oid.oid, critical: second!.tag === BOOLEAN && second!.content[0] !== 0, value: value.octets }];
  });
}
